#include "mpi_driver/device_sum.hpp"

#include <cstdlib>
#include <functional>
#include <optional>
#include <thread>

#include <gmock/gmock.h>

#include "kernels/buffer.hpp"
#include "mpi_driver/local_comm.hpp"
#include "mpi_driver/prove_job.hpp"
#include "tests/mpi_driver/fake_devices.hpp"
#include "tests/support/scratch.hpp"
#include "tests/support/shared_data.hpp"

namespace cairn::test {
namespace {

using Calls = std::vector<std::string>;

constexpr size_t kCounts = 1000;

/// Sums wrap around, as counts in a device's memory do.
Values counts_of(int worker) {
  Values values(kCounts);
  for (size_t i = 0; i < kCounts; ++i) {
    values[i] = static_cast<uint32_t>((i + 1) * 2654435761u * static_cast<uint32_t>(worker + 1));
  }
  return values;
}

void add_public(std::vector<uint32_t>& sums) {
  for (uint32_t& sum : sums) sum += 5;
}

struct Outcome {
  bool agreed = false;
  Values returned, left;  // by run(), and in the device's memory
  Calls calls;
  std::optional<Error> error;
};

struct Sums {
  std::vector<int> hosts;
  SumRules rules = {};
  DeviceFault fault = {};
  /// Changes a worker before it begins: its number, itself, its rules.
  std::function<void(int, FakeWorker&, SumRules&)> change = [](int, FakeWorker&, SumRules&) {};

  std::vector<Outcome> outcomes() const {
    FakeCluster cluster(hosts);
    std::vector<Outcome> result(cluster.workers);
    std::vector<std::jthread> threads;
    for (int i = 0; i < cluster.workers; ++i) {
      threads.emplace_back([&, i] { work(cluster, i, result[i]); });
    }
    threads.clear();
    return result;
  }

 private:
  void work(FakeCluster& cluster, int number, Outcome& outcome) const {
    BackendOptions resources;
    resources.threads = 1;
    const std::unique_ptr<Backend> backend = make_backend("cpu", resources).value();
    auto counts = Buffer<uint32_t>::from_host(*backend, counts_of(number));
    FakeWorker worker(cluster, number, fault);
    worker.device_memory = counts.data();
    SumRules own = rules;
    change(number, worker, own);
    DeviceSum sum(worker, &worker, own);
    try {
      outcome.agreed = sum.agreed(*backend);
      if (outcome.agreed) {
        outcome.returned = sum.run(*backend, counts.data(), counts.size(), add_public);
      }
    } catch (const Error& error) {
      outcome.error = error;
    }
    outcome.left = counts.to_host();
    outcome.calls = worker.calls;
  }
};

Values sums_of(int workers) {
  std::vector<Values> all;
  for (int i = 0; i < workers; ++i) all.push_back(counts_of(i));
  return add(all);
}

TEST(DeviceSum, SumsOnAnyHosts) {
  const std::vector<std::vector<int>> layouts = {{2},    {3},    {4},       {1, 2},    {2, 1},
                                                 {2, 2}, {3, 1}, {1, 1, 2}, {1, 2, 1}, {2, 1, 1}};
  for (const std::vector<int>& hosts : layouts) {
    SCOPED_TRACE(testing::PrintToString(hosts));
    const std::vector<Outcome> outcomes = Sums{hosts}.outcomes();
    const Values sums = sums_of(static_cast<int>(outcomes.size()));
    Values finished = sums;
    add_public(finished);

    const FakeCluster cluster(hosts);
    for (size_t i = 0; i < outcomes.size(); ++i) {
      SCOPED_TRACE(i);
      const bool leads = cluster.place[i].second == 0;
      EXPECT_TRUE(outcomes[i].agreed);
      EXPECT_FALSE(outcomes[i].error);
      EXPECT_EQ(outcomes[i].left, finished);
      EXPECT_EQ(outcomes[i].returned, leads ? sums : Values{});
    }
  }
}

/// The order is what keeps NCCL and MPI from waiting for each other.
TEST(DeviceSum, TakesTurnsWithMpi) {
  const std::vector<Outcome> outcomes = Sums{{2, 1}}.outcomes();

  const Calls agreement = {"agree", "agree", "agree", "agree"};
  const auto then = [&](const Calls& calls) {
    Calls all = agreement;
    all.insert(all.end(), calls.begin(), calls.end());
    return all;
  };
  EXPECT_EQ(outcomes[0].calls,
            then({"broadcast on host", "join", "sum", "sum of leaders", "broadcast", "leave"}));
  EXPECT_EQ(outcomes[1].calls, then({"broadcast on host", "join", "sum", "broadcast", "leave"}));
  EXPECT_EQ(outcomes[2].calls, then({"sum of leaders"}));
}

TEST(DeviceSum, NeedsAllToAgreeAndTwoOnAHost) {
  const auto agreed = [](const Sums& run) {
    const std::vector<Outcome> outcomes = run.outcomes();
    for (const Outcome& outcome : outcomes) EXPECT_EQ(outcome.agreed, outcomes[0].agreed);
    return outcomes[0].agreed;
  };
  EXPECT_TRUE(agreed({{3}}));
  EXPECT_FALSE(agreed({{1}}));
  EXPECT_FALSE(agreed({{1, 1, 1}}));

  Sums one_without{{2, 1}};
  one_without.change = [](int i, FakeWorker& worker, SumRules&) { worker.able = i != 2; };
  EXPECT_FALSE(agreed(one_without));
  Sums one_refuses{{2, 1}};
  one_refuses.change = [](int i, FakeWorker&, SumRules& rules) { rules.devices = i != 1; };
  EXPECT_FALSE(agreed(one_refuses));
}

TEST(DeviceSum, RefusesInABuildWithoutGroups) {
  FakeCluster cluster({1});
  FakeWorker worker(cluster, 0);
  const std::unique_ptr<Backend> backend = make_backend("cpu", {}).value();

  EXPECT_FALSE(DeviceSum(worker, nullptr, {}).agreed(*backend));
}

/// One worker that wants the check is enough, and all take part.
TEST(DeviceSum, IsCheckedAgainstMpi) {
  Sums run{{2, 2}};
  run.change = [](int i, FakeWorker&, SumRules& rules) { rules.check = i == 3; };
  for (const Outcome& outcome : run.outcomes()) {
    EXPECT_FALSE(outcome.error);
    EXPECT_THAT(outcome.calls, testing::Contains("sum of all").Times(1));
  }

  run.fault = {2, "broadcast", DeviceFault::kWrong};
  const std::vector<Outcome> outcomes = run.outcomes();
  ASSERT_TRUE(outcomes[2].error);
  EXPECT_EQ(outcomes[2].error->code(), Code::kBug);
  EXPECT_THAT(outcomes[2].error->what(),
              testing::MatchesRegex("bug: count 500 of 1000 is [0-9]+ summed by FAKE 1.2.3 and "
                                    "[0-9]+ by MPI"));

  run.fault = {0, "sum", DeviceFault::kWrong};
  for (const Outcome& outcome : run.outcomes()) {
    ASSERT_TRUE(outcome.error);
    EXPECT_EQ(outcome.error->code(), Code::kBug);
  }
}

TEST(DeviceSum, PassesOnWhatADeviceSays) {
  for (const char* call : {"join", "sum", "broadcast"}) {
    const std::vector<Outcome> outcomes = Sums{{3}, {}, {1, call, DeviceFault::kLost}}.outcomes();
    for (const Outcome& outcome : outcomes) {
      ASSERT_TRUE(outcome.error) << call;
      EXPECT_EQ(outcome.error->code(), Code::kPeerLost);
    }
    EXPECT_STREQ(outcomes[1].error->what(),
                 (std::string("fake") + call + ": a member is lost").c_str());
  }
}

/// There is no way out of a collective that another never finishes, but to end.
TEST(DeviceSumDeathTest, EndsTheProcessWhenADeviceHangs) {
  testing::GTEST_FLAG(death_test_style) = "threadsafe";
  SumRules rules;
  rules.seconds = 1;
  EXPECT_EXIT((Sums{{2}, rules, {1, "sum", DeviceFault::kHang}}.outcomes()),
              testing::ExitedWithCode(static_cast<int>(Code::kPeerLost)),
              "cairn: summing the counts on the devices of this host did not end within 1 s");
}

/// The proof of a run whose counts were summed on devices is the proof.
TEST(DeviceSum, GivesTheSameProof) {
  const auto digest_with = [](const std::vector<int>& hosts) {
    const Scratch folder;
    Options options;
    options.input = (test_data() / "pie" / "primes.pie.zip").string();
    options.output = folder / "p.h5";
    FakeCluster cluster(hosts);
    const auto comms = make_local_comms(cluster.workers + 1);
    std::vector<std::jthread> threads;
    for (int i = 0; i < cluster.workers; ++i) {
      threads.emplace_back([&, i] {
        FakeWorker worker(cluster, i);
        worker.checks_memory = false;  // the engine's own
        SumRules rules;
        rules.check = true;
        DeviceSum sum(worker, &worker, rules);
        EngineOptions engine;
        engine.backend = "cpu";
        engine.resources.threads = 1;
        engine.device_sum = &sum;
        try {
          work_on_job(*comms[i + 1], engine);
        } catch (...) {
          comms[i + 1]->abort(as_error(std::current_exception()));
        }
        EXPECT_THAT(worker.calls, testing::Contains("sum of all").Times(1));
      });
    }
    Progress progress(Progress::Style::kQuiet);
    std::string digest;
    coordinate_job(*comms[0], options, progress, 1,
                   [&](const ProveOutcome& outcome) { digest = outcome.digest.hex(); });
    return digest;
  };
  Progress progress(Progress::Style::kQuiet);
  const Scratch folder;
  Options options;
  options.backend = "cpu";
  options.input = (test_data() / "pie" / "primes.pie.zip").string();
  options.output = folder / "p.h5";
  std::string plain;
  prove_alone(options, progress,
              [&](const ProveOutcome& outcome) { plain = outcome.digest.hex(); });

  EXPECT_EQ(digest_with({2, 1}), plain);
}

TEST(SumRules, AreReadFromTheEnvironment) {
  const auto read = [](const char* sums, const char* check) {
    setenv("CAIRN_SUMS", sums, 1);
    setenv("CAIRN_CHECK_SUMS", check, 1);
    return SumRules::from_environment();
  };
  EXPECT_FALSE(read("mpi", "1").devices);
  EXPECT_TRUE(read("mpi", "1").check);
  EXPECT_TRUE(read("auto", "0").devices);
  EXPECT_FALSE(read("auto", "0").check);
  for (const auto& [sums, check] : {std::pair{"nccl", "0"}, std::pair{"auto", "yes"}}) {
    try {
      read(sums, check);
      ADD_FAILURE() << sums << ", " << check;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Code::kUsage);
      EXPECT_THAT(error.what(), testing::MatchesRegex("CAIRN_.*=.*: .* or .* is wanted"));
    }
  }
  unsetenv("CAIRN_SUMS");
  unsetenv("CAIRN_CHECK_SUMS");
  EXPECT_TRUE(SumRules::from_environment().devices);
}

}  // namespace
}  // namespace cairn::test
