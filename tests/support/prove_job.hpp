// Proves a job in this process, step by step as the driver does, so that a test can bend any step.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "air/public_terms.hpp"
#include "kernels/job_memory.hpp"
#include "segmenter/job.hpp"
#include "segmenter/plan.hpp"
#include "stark/prover/bundle_prover.hpp"

namespace cairn::testing_support {

/// Where a dishonest prover may interfere. Each hook may be empty.
struct Interference {
  std::function<void(CountsBuffer&)> counts;                 // after all uses are counted
  std::function<void(std::vector<SegmentRecord>&)> records;  // before the challenge
};

inline JobProof prove_job(Backend& backend, Hash hash, const Image& host_image,
                          const Statement& statement, const std::vector<Bundle>& bundles,
                          const Interference& interference = {}) {
  const DeviceImage image(backend, host_image);
  CountsBuffer counts(backend, host_image);
  if (!count_public_uses<PlainAdd>(statement, host_image, counts.view())) {
    throw Error(Code::kBug, "the statement is not about this image");
  }
  std::vector<BundleProver> provers;
  for (const Bundle& bundle : bundles) {
    provers.emplace_back(backend, hash, image.view(), counts.view(), bundle);
  }
  for (BundleProver& prover : provers) prover.count_uses();
  if (interference.counts) interference.counts(counts);
  JobProof proof{hash, statement, {}, {}};
  for (size_t i = 0; i < provers.size(); ++i) {
    proof.records.push_back(SegmentRecord::of(bundles[i], provers[i].commit().commitment.root()));
  }
  if (interference.records) interference.records(proof.records);
  const GlobalChallenge challenge = draw_global_challenge(hash, statement, proof.records);
  for (size_t i = 0; i < provers.size(); ++i) {
    proof.segments.push_back(encode(provers[i].prove(challenge, static_cast<uint32_t>(i))));
  }
  return proof;
}

}  // namespace cairn::testing_support
