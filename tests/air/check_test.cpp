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
  const auto parts = whole_parts(run.image());
  for_each_chip([&]<class Chip>() {
    // Builtins but range_check, and Blake2s, have tests of their own, with what serves them.
    const bool tested_elsewhere =
        Chip::kKind == Kind::kCall || Chip::kKind == Kind::kTable ||
        std::is_same_v<Chip, Blake2s> ||
        (Chip::kKind == Kind::kBuiltin && !std::is_same_v<Chip, RangeCheck128>);
    EXPECT_TRUE(tested_elsewhere ||
                std::any_of(parts.begin(), parts.end(),
                            [](const Part& p) {
                              return p.chip == static_cast<uint32_t>(kChipId<Chip>) && p.count > 0;
                            }))
        << Chip::kName;
  });
}

}  // namespace
}  // namespace cairn
