// Chips whose calls are blocks: forged, moved, doubled and missing blocks are refused.
#include <algorithm>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/air/block_job.hpp"

namespace cairn {
namespace {

using testing::Contains;
using testing::IsEmpty;

template <class Blocks>
class BlockRows : public testing::Test {
 protected:
  using Job = BlockJob<Blocks>;
  using Rows = std::vector<typename Job::Steps::Row>;
  static constexpr uint32_t kRows = Job::kRows;

  /// Nothing is wrong but the balance of the chains.
  static void expect_unbalanced(const RowsOutcome& outcome) {
    EXPECT_THAT(outcome.broken, IsEmpty());
    EXPECT_THAT(outcome.invalid, IsEmpty());
    EXPECT_GT(outcome.chains.unbalanced_count(), 0u);
  }
  static bool refused(const Job& honest, void (*change)(Rows&)) {
    auto steps = honest.steps;
    change(steps.rows);
    return !honest.outcome(honest.opener, steps).sound();
  }
};

using All = testing::Types<PedersenBlocks, EcOpBlocks>;
TYPED_TEST_SUITE(BlockRows, All);

TYPED_TEST(BlockRows, SwappedResultsAreRefused) {
  using Job = typename TestFixture::Job;
  std::vector<Felt> values = Job::first_known(3);
  const auto first = values.begin();
  const auto second = first + static_cast<ptrdiff_t>(Job::kCells);
  std::swap_ranges(first + TypeParam::kFirstResult, second, second + TypeParam::kFirstResult);

  this->expect_unbalanced(Job(values).outcome());
}

TYPED_TEST(BlockRows, SwappedLabelsAreRefused) {
  using Job = typename TestFixture::Job;
  Job job(Job::first_known(2));
  for (uint32_t row = 0; row < 2 * Job::kRows; ++row) {
    job.steps.rows[row].label = job.opener.rows[row < Job::kRows ? 1 : 0].address;
  }
  this->expect_unbalanced(job.outcome());
}

TYPED_TEST(BlockRows, AnInstanceLeftOutIsRefused) {
  using Job = typename TestFixture::Job;
  const Job job(Job::first_known(3));
  EXPECT_TRUE(job.outcome().sound());
  // Its steps are there, its opener is not: the digits and the result stay on the bus.
  auto fewer = job.opener_of(0, 2);
  this->expect_unbalanced(job.outcome(fewer, job.steps));
  // Its opener is there, its steps are not.
  const auto two = job.steps_of(0, 2);
  this->expect_unbalanced(job.outcome(job.opener, two));
  EXPECT_TRUE(job.outcome(fewer, two).sound());
  // Its opener is padding while the range still covers it.
  fewer.part.range_end = job.opener.part.range_end;
  EXPECT_THAT(job.outcome(fewer, two).broken, Contains("padding starts at range_end"));
}

TYPED_TEST(BlockRows, DoubleBlocksAreRefused) {
  using Job = typename TestFixture::Job;
  const Job job(Job::first_known(1));
  auto twice = job.steps;
  twice.rows.insert(twice.rows.end(), job.steps.rows.begin(), job.steps.rows.end());
  ++twice.part.log_height;

  this->expect_unbalanced(job.outcome(job.opener, twice));
}

TYPED_TEST(BlockRows, MayStandAnywhere) {
  using Job = typename TestFixture::Job;
  using Rows = typename TestFixture::Rows;
  const Job honest(Job::first_known(1));

  EXPECT_FALSE(this->refused(honest, [](Rows&) {}));
  EXPECT_FALSE(this->refused(
      honest, [](Rows& rows) { std::rotate(rows.begin(), rows.end() - 2, rows.end()); }));
  // Even across the end of the part.
  EXPECT_FALSE(this->refused(
      honest, [](Rows& rows) { std::rotate(rows.begin(), rows.begin() + 9, rows.end()); }));
}

TYPED_TEST(BlockRows, OfOtherFormsAreRefused) {
  using Job = typename TestFixture::Job;
  using Rows = typename TestFixture::Rows;
  constexpr uint32_t kRows = Job::kRows;
  const Job honest(Job::first_known(1));
  const auto refused = [&](void (*change)(Rows&)) { return this->refused(honest, change); };

  // Cut in two; without its first or last step; two steps exchanged.
  EXPECT_TRUE(refused([](Rows& rows) { rows[30].link = 0; }));
  EXPECT_TRUE(refused([](Rows& rows) {
    rows[30].link = 0;
    rows[31].start = 1;
  }));
  EXPECT_TRUE(refused([](Rows& rows) { rows[0] = {}; }));
  EXPECT_TRUE(refused([](Rows& rows) {
    rows[kRows - 1] = {};
    rows[kRows - 2].link = 0;
  }));
  EXPECT_TRUE(refused([](Rows& rows) { std::swap(rows[7], rows[8]); }));
  EXPECT_TRUE(refused([](Rows& rows) { std::swap(rows[7].step, rows[8].step); }));
  // Linked from padding instead of started.
  EXPECT_TRUE(refused([](Rows& rows) {
    rows[0].start = 0;
    rows.back().link = 1;
  }));
  EXPECT_TRUE(refused([](Rows& rows) {
    rows[0].start = 0;
    rows.back().link = 1;
    rows.back().en = 1;
  }));
}

}  // namespace
}  // namespace cairn
