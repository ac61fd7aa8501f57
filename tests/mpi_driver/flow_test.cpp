// The flow of a job over threads, with a toy in the prover's place.
#include <cstdlib>
#include <thread>

#include <gtest/gtest.h>

#include "mpi_driver/coordinator.hpp"
#include "mpi_driver/local_comm.hpp"
#include "mpi_driver/worker.hpp"
#include "tests/mpi_driver/toy_engine.hpp"

namespace cairn {
namespace {

struct Outcome {
  JobProof proof;
  std::vector<WorkerReport> reports;
};

JobInput toy_job(uint32_t bundles, std::span<const std::byte> image) {
  JobInput input;
  input.image = image;
  for (uint32_t i = 0; i < bundles; ++i) {
    Part part{};
    part.chip = i % 3 == 2 ? 1 : 0;
    part.log_height = 6 + i % 4;
    input.bundles.push_back({part});
    input.before_counts.push_back(part.chip == 0);
    input.cost.push_back(part.height());
  }
  return input;
}

/// Runs a job on a coordinator and `workers` workers.
Outcome run(const JobInput& input, int workers, const MakeEngine& make_engine = make_toy) {
  auto comms = make_local_comms(workers + 1);
  std::vector<std::jthread> threads;
  for (int rank = 1; rank <= workers; ++rank) {
    threads.emplace_back([&comm = *comms[rank], &make_engine] {
      try {
        Worker(comm, make_engine).run();
      } catch (const Error& error) {
        comm.abort(error);
      }
    });
  }
  Progress progress(Progress::Style::kQuiet);
  Coordinator coordinator(*comms[0], progress);
  try {
    Outcome outcome;
    outcome.proof = coordinator.run(input);
    outcome.reports = coordinator.collect_reports();
    coordinator.stop();
    return outcome;
  } catch (const Error& error) {
    comms[0]->abort(error);
    throw;
  }
}

const std::vector<std::byte> kImage(100, std::byte{7});

TEST(Flow, GivesTheSameProofForAnyNumberOfRanks) {
  for (const uint32_t bundles : {1u, 2u, 3u, 11u, 40u}) {
    const JobInput input = toy_job(bundles, kImage);
    const Digest expected = proof_digest(run(input, 1).proof);
    for (const int workers : {2, 3, 5, 8}) {
      EXPECT_EQ(proof_digest(run(input, workers).proof), expected)
          << bundles << " bundles on " << workers << " workers";
    }
  }
}

TEST(Flow, SumsCountsOfAllBundlesOnce) {
  // The toy's records hold the counts: each message is used 1 + 2 + ... + 11 times.
  const JobInput input = toy_job(11, kImage);
  ByteWriter out;
  out.u32(2);
  out.raw(kImage);
  out.u32s(std::vector<uint32_t>(kImage.size(), 66));

  const Outcome outcome = run(input, 3);

  EXPECT_EQ(outcome.proof.records[2].main_root, hash_bytes(Hash::kBlake3, out.bytes()));
}

TEST(Flow, ProvesEachSegmentOnceAndMergesOnceLess) {
  const Outcome outcome = run(toy_job(40, kImage), 4);

  std::vector<uint32_t> proven;
  uint32_t merges = 0;
  for (const WorkerReport& report : outcome.reports) {
    proven.insert(proven.end(), report.segments.begin(), report.segments.end());
    merges += report.merges;
  }
  std::sort(proven.begin(), proven.end());
  ASSERT_EQ(proven.size(), 40u);
  for (uint32_t i = 0; i < 40; ++i) EXPECT_EQ(proven[i], i);
  EXPECT_EQ(merges, 39u);
}

TEST(Flow, EndsEveryRankWhenOneThrows) {
  for (const char* phase : {"setup", "count", "commit", "prove"}) {
    setenv("CAIRN_FAULT", (std::string("2:") + phase).c_str(), 1);
    try {
      run(toy_job(40, kImage), 3);
      ADD_FAILURE() << "no fault in " << phase;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Code::kOutOfResource);
      EXPECT_EQ(error.what(), std::string("rank 2: fault asked for in ") + phase);
    }
  }
  unsetenv("CAIRN_FAULT");
}

/// Makes leaves whose digest is wrong.
class LyingEngine : public ToyEngine {
 public:
  using ToyEngine::ToyEngine;
  Node prove(uint32_t bundle) override {
    Node node = ToyEngine::prove(bundle);
    node.digest.word[0] ^= 1;
    return node;
  }
};

TEST(Flow, ChecksTheNodesOfOtherRanksBeforeFolding) {
  const MakeEngine liar = [](const JobSetup& setup, std::span<const std::byte> image) {
    return std::make_unique<LyingEngine>(setup, image);
  };

  try {
    run(toy_job(8, kImage), 4, liar);
    // All eight leaves would have to be proven by one worker, which four idle ones rule out.
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::kInvalidProof);
  }
}

}  // namespace
}  // namespace cairn
