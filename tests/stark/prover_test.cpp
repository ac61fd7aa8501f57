// What the prover may do in more than one way comes out the same in each; and it takes the memory
// that was predicted.
#include <set>

#include <gtest/gtest.h>

#include "kernels/job_memory.hpp"
#include "segmenter/bundle_memory.hpp"
#include "segmenter/plan.hpp"
#include "stark/prover/bundle_prover.hpp"
#include "tests/stark/small_job.hpp"

namespace cairn::testing_support {
namespace {

std::unique_ptr<Backend> cpu(unsigned threads) {
  BackendOptions options;
  options.threads = threads;
  return make_backend("cpu", options).value();
}

std::vector<uint32_t> counts_of_job(unsigned threads, bool while_committing) {
  const SmallJob& job = SmallJob::get();
  const std::unique_ptr<Backend> backend = cpu(threads);
  CountsBuffer counts(*backend, job.image);
  for (const Bundle& bundle : job.bundles) {
    BundleProver prover(*backend, Hash::kBlake3, job.image, counts.view(), bundle);
    if (while_committing && commits_before_counts(bundle)) {
      prover.commit(true);
    } else {
      prover.count_uses();
    }
  }
  return counts.to_host();
}

TEST(Prover, CountsTheSameHoweverItCounts) {
  const std::vector<uint32_t> expected = counts_of_job(1, false);
  EXPECT_NE(expected, std::vector<uint32_t>(expected.size()));
  EXPECT_EQ(counts_of_job(1, true), expected);
  EXPECT_EQ(counts_of_job(3, false), expected);
  EXPECT_EQ(counts_of_job(3, true), expected);
}

TEST(Prover, ProvesTheSameFromWhatWasKept) {
  const SmallJob& job = SmallJob::get();
  const GlobalChallenge challenge =
      draw_global_challenge(job.proof.hash, job.proof.statement, job.proof.records);
  const std::unique_ptr<Backend> backend = cpu(2);
  CountsBuffer counts(*backend, job.image);
  for (const Bundle& bundle : job.bundles) {
    BundleProver(*backend, Hash::kBlake3, job.image, counts.view(), bundle).count_uses();
  }
  for (uint32_t i = 0; i < job.bundles.size(); ++i) {
    if (!commits_before_counts(job.bundles[i])) continue;  // the counts lack the statement's own
    BundleProver prover(*backend, Hash::kBlake3, job.image, counts.view(), job.bundles[i]);
    CommittedTrace kept = prover.commit(false, true);
    EXPECT_EQ(kept.commitment.root(), job.proof.records[i].main_root);
    EXPECT_EQ(encode(prover.prove(challenge, i, std::move(kept))), job.proof.segments[i]);
    EXPECT_EQ(encode(prover.prove(challenge, i)), job.proof.segments[i]);
  }
}

TEST(Prover, TakesTheMemoryThatWasPredicted) {
  const SmallJob& job = SmallJob::get();
  const GlobalChallenge challenge =
      draw_global_challenge(job.proof.hash, job.proof.statement, job.proof.records);
  for (uint32_t i = 0; i < job.bundles.size(); ++i) {
    const std::vector<PartSize> sizes = sizes_of(job.bundles[i]);
    uint64_t tables = 0;
    std::set<uint32_t> heights;
    for (const PartSize& part : sizes) heights.insert(part.log_height);
    for (const uint32_t log_height : heights) tables += table_bytes(log_height);
    for (const bool keeping : {false, true}) {
      const std::unique_ptr<Backend> backend = cpu(1);
      CountsBuffer counts(*backend, job.image);
      BundleProver prover(*backend, Hash::kBlake3, job.image, counts.view(), job.bundles[i]);
      std::optional<CommittedTrace> kept;
      if (keeping) kept = prover.commit(false, true);
      prover.prove(challenge, i, std::move(kept));

      const auto taken = static_cast<double>(backend->peak_bytes() - 4 * counts.size());
      const auto predicted = static_cast<double>(proving_bytes(sizes, keeping) + tables);
      constexpr double kSmallThings = 512 << 10;
      EXPECT_NEAR(taken, predicted, 0.15 * predicted + kSmallThings)
          << "bundle " << i << (keeping ? " kept" : "") << ": " << taken << " of " << predicted;
    }
  }
}

}  // namespace
}  // namespace cairn::testing_support
