// The checker on a small run of every chip, and on runs that someone spoiled.
#include "air/check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/air/every_opcode.hpp"

namespace cairn {
namespace {

CheckReport check(const SmallRun& run, int threads = 1) {
  return check_parts(run.image(), run.statement(), whole_parts(run.image()), {threads, 20});
}

TEST(Check, PassesARunOfEveryChip) {
  const SmallRun run = every_opcode();

  const CheckReport report = check(run, 2);

  EXPECT_TRUE(report.ok());
  EXPECT_THAT(report.failures, testing::IsEmpty());
  for (uint32_t chip = 0; chip < kChipCount; ++chip) {
    const auto parts = whole_parts(run.image());
    EXPECT_TRUE(std::any_of(parts.begin(), parts.end(), [&](const Part& p) {
      return p.chip == chip && p.count > 0;
    })) << with_chip(chip, []<class Chip>() { return Chip::kName; });
  }
}

}  // namespace
}  // namespace cairn
