// The flow of a job over threads, with a toy in the prover's place.
#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <mutex>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mpi_driver/coordinator.hpp"
#include "mpi_driver/local_comm.hpp"
#include "mpi_driver/worker.hpp"
#include "tests/mpi_driver/toy_engine.hpp"
#include "tests/support/scratch.hpp"

namespace cairn {
namespace {

struct Outcome {
  JobProof proof;
  std::vector<WorkerReport> reports;
};

JobInput toy_job(uint32_t bundles, std::span<const std::byte> image) {
  JobInput input;
  input.image = image;
  input.count_size = image.size();
  input.check_segment = check_toy;
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

JobIdentity toy_identity(const JobInput& input) {
  JobIdentity job;
  job.segments = input.bundles.size();
  return job;
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
    outcome.proof = coordinator.run(input).proof;
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

/// Makes a wrong segment where `wrong(rank)`; engines are numbered as ranks are.
MakeEngine liars(int first, int last) {
  const auto made = std::make_shared<std::atomic<int>>(0);
  class Liar : public ToyEngine {
   public:
    Liar(const JobSetup& setup, std::span<const std::byte> image, bool lies)
        : ToyEngine(setup, image), lies_(lies) {}
    Node prove(uint32_t bundle) override {
      Node node = ToyEngine::prove(bundle);
      if (lies_) node.segments[0][3] ^= std::byte{1};
      return node;
    }

   private:
    bool lies_;
  };
  return [=](const JobSetup& setup, std::span<const std::byte> image) {
    const int number = ++*made;
    return std::make_unique<Liar>(setup, image, first <= number && number <= last);
  };
}

TEST(Flow, ProvesElsewhereWhatOneRankProvesWrongly) {
  const JobInput input = toy_job(20, kImage);
  const Digest expected = proof_digest(run(input, 3).proof);

  const Outcome outcome = run(input, 3, liars(2, 2));

  EXPECT_EQ(proof_digest(outcome.proof), expected);
  // Whoever lied got no more work: at most what it was given before its first result was read.
  size_t proven = 0;
  for (const WorkerReport& report : outcome.reports) proven += report.segments.size();
  EXPECT_GE(proven, 21u);
  EXPECT_LE(proven, 22u);
}

TEST(Flow, EndsWhenASegmentIsWrongTwice) {
  try {
    run(toy_job(8, kImage), 3, liars(1, 3));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::kBug);
    EXPECT_NE(std::string(error.what()).find("made again by rank"), std::string::npos);
  }
}

/// Of all engines of a job, the first that proves bundle 0 waits until another has proven it.
class Dawdler : public ToyEngine {
 public:
  struct Shared {
    std::mutex mutex;
    std::condition_variable changed;
    int began = 0;
    bool proven = false;
  };
  Dawdler(const JobSetup& setup, std::span<const std::byte> image, std::shared_ptr<Shared> shared)
      : ToyEngine(setup, image), shared_(std::move(shared)) {}
  Node prove(uint32_t bundle) override {
    if (bundle != 0) return ToyEngine::prove(bundle);
    std::unique_lock lock(shared_->mutex);
    if (++shared_->began == 1) {
      shared_->changed.wait(lock, [&] { return shared_->proven; });
    }
    shared_->proven = true;
    shared_->changed.notify_all();
    return ToyEngine::prove(bundle);
  }

 private:
  std::shared_ptr<Shared> shared_;
};

TEST(Flow, GivesALateTaskToAnotherRankToo) {
  const JobInput input = toy_job(6, kImage);
  const Digest expected = proof_digest(run(input, 2).proof);
  const auto shared = std::make_shared<Dawdler::Shared>();

  const Outcome outcome =
      run(input, 2, [&](const JobSetup& setup, std::span<const std::byte> image) {
        return std::make_unique<Dawdler>(setup, image, shared);
      });

  EXPECT_EQ(proof_digest(outcome.proof), expected);
  EXPECT_EQ(shared->began, 2);
}

TEST(Flow, NamesARankThatIsSilentThoughItsStateCannotBeWritten) {
  const Scratch folder;
  JobInput input = toy_job(6, kImage);
  Store store(folder / "work", false);
  store.open(toy_identity(input), false);
  std::filesystem::create_directories(folder / "work/state.json/in/the/way");
  input.store = &store;
  input.times.watchdog = 10;
  std::promise<void> end;
  const std::shared_future<void> ended = end.get_future().share();
  class Sleeper : public ToyEngine {
   public:
    Sleeper(const JobSetup& setup, std::span<const std::byte> image, std::shared_future<void> end)
        : ToyEngine(setup, image), end_(std::move(end)) {}
    void count_uses(uint32_t bundle) override {
      if (bundle == 5) end_.wait();
      ToyEngine::count_uses(bundle);
    }

   private:
    std::shared_future<void> end_;
  };
  auto comms = make_local_comms(3);
  std::vector<std::jthread> threads;
  for (int rank = 1; rank <= 2; ++rank) {
    threads.emplace_back([&comm = *comms[rank], ended] {
      try {
        Worker(comm, [&](const JobSetup& setup, std::span<const std::byte> image) {
          return std::make_unique<Sleeper>(setup, image, ended);
        }).run();
      } catch (const Error& error) {
        comm.abort(error);
      }
    });
  }
  Progress progress(Progress::Style::kQuiet);
  Coordinator coordinator(*comms[0], progress);
  try {
    coordinator.run(input);
    ADD_FAILURE() << "no rank was missed";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::kPeerLost);
    EXPECT_THAT(error.what(), ::testing::HasSubstr("is silent for"));
    EXPECT_THAT(error.what(), ::testing::HasSubstr("commit, segment 5"));
    EXPECT_THAT(error.what(), ::testing::HasSubstr("no state: "));
    comms[0]->abort(error);
  }
  end.set_value();
}

TEST(Flow, GoesOnFromWhatAStoreHolds) {
  const Scratch folder;
  JobInput input = toy_job(12, kImage);
  const Digest expected = proof_digest(run(input, 2).proof);
  const auto run_with_store = [&] {
    Store store(folder / "work", false);
    store.open(toy_identity(input), false);
    input.store = &store;
    Outcome outcome = run(input, 2);
    input.store = nullptr;
    EXPECT_EQ(proof_digest(outcome.proof), expected);
    std::vector<uint32_t> proven;
    for (const WorkerReport& report : outcome.reports) {
      proven.insert(proven.end(), report.segments.begin(), report.segments.end());
    }
    std::sort(proven.begin(), proven.end());
    return proven;
  };
  EXPECT_EQ(run_with_store().size(), 12u);
  const StoreView view = view_store(folder / "work");
  EXPECT_TRUE(view.counts);
  EXPECT_EQ(view.commits, 12u);
  EXPECT_EQ(view.segments, 12u);
  EXPECT_EQ(view.nodes, 11u);

  EXPECT_TRUE(run_with_store().empty());
  // Without counts, some commitments, proofs and nodes: those alone are made again.
  for (const char* file :
       {"work/counts.h5", "work/commits/000002.h5", "work/commits/000003.h5",
        "work/segments/000002.h5", "work/segments/000007.h5", "work/nodes/000004-000008.h5"}) {
    ASSERT_TRUE(std::filesystem::remove(folder / file)) << file;
  }
  EXPECT_EQ(run_with_store(), (std::vector<uint32_t>{2, 7}));
  EXPECT_TRUE(run_with_store().empty());
}

TEST(Flow, ProvesAgainWhatTheStoreHoldsWrongly) {
  const Scratch folder;
  JobInput input = toy_job(5, kImage);
  const Digest expected = proof_digest(run(input, 2).proof);
  Store store(folder / "work", false);
  store.open(toy_identity(input), false);
  input.store = &store;
  run(input, 2);
  const std::vector<std::byte> wrong(56, std::byte{3});
  store.put({EntryKind::kSegment, {1, 1}}, wrong, {});  // whole, but no proof
  store.put({EntryKind::kCommit, {2, 1}}, wrong, {});   // no record
  store.put({EntryKind::kNode, {0, 2}}, wrong, {});     // no node
  store.put({EntryKind::kCounts, {0, 0}}, wrong, {});   // no counts

  const Outcome outcome = run(input, 2);

  EXPECT_EQ(proof_digest(outcome.proof), expected);
  EXPECT_TRUE(view_store(folder / "work").damaged.empty());
}

}  // namespace
}  // namespace cairn
