#include "aggregator/isolated.hpp"

#include <csignal>
#include <stop_token>
#include <thread>

#include <gtest/gtest.h>
#include <unistd.h>

namespace cairn {
namespace {

using Bytes = std::vector<std::byte>;
using Request = std::span<const std::byte>;

constexpr uint64_t kLimit = uint64_t{1} << 20;

const IsolatedTask kEcho("echo",
                         [](Request request) { return Bytes(request.begin(), request.end()); });

TEST(Isolated, GivesWhatTheOtherProcessMade) {
  for (const size_t size : {size_t{0}, size_t{1}, kLimit}) {
    const Bytes bytes(size, std::byte{7});
    Result<Bytes> result = kEcho.run(bytes, kLimit);
    ASSERT_TRUE(result.ok());
    EXPECT_EQ(result.value(), bytes);
  }
}

const IsolatedTask kThrowing("throwing", [](Request) -> Bytes {
  throw Error(Code::kInvalidProof, "no such thing");
});

TEST(Isolated, TellsWhatTheOtherProcessThrew) {
  Result<Bytes> result = kThrowing.run({}, kLimit);

  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code(), Code::kBadInput);
  EXPECT_STREQ(result.error().what(), "no such thing");
}

const IsolatedTask kCrashing("crashing", [](Request) -> Bytes {
  std::raise(SIGSEGV);
  return {};
});

TEST(Isolated, OutlivesACrash) {
  Result<Bytes> result = kCrashing.run({}, kLimit);

  ASSERT_FALSE(result.ok());
  EXPECT_STREQ(result.error().what(), "reading it died of signal 11");
}

TEST(Isolated, TakesNoMoreThanItAskedFor) {
  Result<Bytes> result = kEcho.run(Bytes(4 * kLimit), kLimit);

  ASSERT_FALSE(result.ok());
  EXPECT_STREQ(result.error().what(), "reading it gives more than 1048576 bytes");
}

/// What a hostile size in a file makes a parser do.
const IsolatedTask kGreedy("greedy", [](Request) {
  Bytes large(size_t{2} << 30);
  return Bytes(large.begin(), large.begin() + 10);
});

TEST(Isolated, BoundsTheMemory) {
  Result<Bytes> result = kGreedy.run({}, kLimit);

  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code(), Code::kBadInput);
}

const IsolatedTask kWaiting(
    "waiting",
    [](Request) -> Bytes {
      for (;;) pause();
    },
    1);

TEST(Isolated, BoundsTheTime) {
  Result<Bytes> result = kWaiting.run({}, kLimit);

  ASSERT_FALSE(result.ok());
  EXPECT_STREQ(result.error().what(), "reading it took more than 1 s");
}

/// What tells all processes of a job to stop.
const IsolatedTask kTold("told", [](Request) {
  for (const int signal : {SIGTERM, SIGINT, SIGUSR1, SIGHUP}) kill(getpid(), signal);
  return Bytes{std::byte{1}};
});

TEST(Isolated, ReadsOnThoughToldToStop) { EXPECT_TRUE(kTold.run({}, kLimit).ok()); }

/// A copy of this process would now and then have a lock of the allocator that nobody opens.
TEST(Isolated, DoesNotWaitForLocksOfOtherThreads) {
  const std::jthread allocating([](const std::stop_token& end) {
    while (!end.stop_requested()) Bytes(100);
  });
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(kEcho.run({}, kLimit).ok());
}

}  // namespace
}  // namespace cairn
