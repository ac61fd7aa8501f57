#include "aggregator/isolated.hpp"

#include <csignal>

#include <gtest/gtest.h>

namespace cairn {
namespace {

using Bytes = std::vector<std::byte>;

constexpr uint64_t kLimit = uint64_t{1} << 20;

TEST(Isolated, GivesWhatTheChildMade) {
  const Bytes bytes(kLimit, std::byte{7});

  Result<Bytes> result = run_isolated([&] { return bytes; }, kLimit);

  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result.value(), bytes);
}

TEST(Isolated, TellsWhatTheChildThrew) {
  Result<Bytes> result =
      run_isolated([]() -> Bytes { throw Error(Code::kInvalidProof, "no such thing"); }, kLimit);

  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code(), Code::kBadInput);
  EXPECT_STREQ(result.error().what(), "no such thing");
}

TEST(Isolated, OutlivesACrash) {
  Result<Bytes> result = run_isolated(
      []() -> Bytes {
        std::raise(SIGSEGV);
        return {};
      },
      kLimit);

  ASSERT_FALSE(result.ok());
  EXPECT_STREQ(result.error().what(), "reading it died of signal 11");
}

TEST(Isolated, TakesNoMoreThanItAskedFor) {
  Result<Bytes> result = run_isolated([] { return Bytes(4 * kLimit); }, kLimit);

  ASSERT_FALSE(result.ok());
  EXPECT_STREQ(result.error().what(), "reading it gives more than 1048576 bytes");
}

/// What a hostile size in a file makes a parser do.
TEST(Isolated, BoundsTheChildsMemory) {
  Result<Bytes> result = run_isolated(
      [] {
        Bytes large(size_t{2} << 30);
        return Bytes(large.begin(), large.begin() + 10);
      },
      kLimit);

  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code(), Code::kBadInput);
}

}  // namespace
}  // namespace cairn
