#include "mpi_driver/schedule.hpp"

#include <gtest/gtest.h>

namespace cairn {
namespace {

Task prove(uint32_t bundle) { return {TaskKind::kProve, bundle}; }

TEST(Schedule, HandsOutTheDearestFirst) {
  Schedule schedule(2, {10, 30, 20}, 0);
  schedule.add({prove(0), prove(1), prove(2)});

  EXPECT_EQ(schedule.next(1), prove(1));
  EXPECT_EQ(schedule.next(2), prove(2));
  schedule.released(2, 1);
  schedule.accept(prove(2));
  EXPECT_EQ(schedule.next(2), prove(0));
  EXPECT_EQ(schedule.unfinished(), 2u);
}

TEST(Schedule, CopiesATaskOnlyWhenItIsLateAndNothingElseIsLeft) {
  Schedule schedule(3, {10, 10, 10}, 0);
  schedule.add({prove(0), prove(1)});
  ASSERT_TRUE(schedule.next(1));
  ASSERT_TRUE(schedule.next(2));
  schedule.pass(1);
  EXPECT_EQ(schedule.next(3), std::nullopt) << "nothing is known of how long it takes";
  schedule.released(1, 1);
  schedule.accept(prove(0));
  EXPECT_EQ(schedule.next(1), std::nullopt) << "rank 2 is not late";
  schedule.pass(2);
  EXPECT_EQ(schedule.next(1), prove(1));
  EXPECT_EQ(schedule.next(3), std::nullopt) << "two copies are enough";

  schedule.released(1, 1);
  schedule.accept(prove(1));
  EXPECT_EQ(schedule.unfinished(), 0u);
  EXPECT_FALSE(schedule.wanted(prove(1)));
  EXPECT_TRUE(schedule.running(2).has_value());
}

TEST(Schedule, NeverCountsTwice) {
  Schedule schedule(2, {10, 10}, 0);
  const Task first{TaskKind::kCount, 0};
  const Task second{TaskKind::kCountAndCommit, 1};
  schedule.add({first, second});
  ASSERT_EQ(schedule.next(1), first);
  schedule.released(1, 1);
  schedule.accept(first);
  ASSERT_EQ(schedule.next(1), second);
  schedule.pass(1000);
  EXPECT_EQ(schedule.next(2), std::nullopt);
}

TEST(Schedule, GivesNoMoreWorkToWhoWasWrong) {
  Schedule schedule(2, {10, 10}, 0);
  schedule.add({prove(0), prove(1)});
  ASSERT_EQ(schedule.next(1), prove(0));
  schedule.released(1, 1);
  schedule.refuse(1, prove(0));

  EXPECT_EQ(schedule.next(1), std::nullopt);
  EXPECT_EQ(schedule.next(2), prove(0));
  EXPECT_EQ(schedule.refusals(prove(0)), 1u);
}

TEST(Schedule, TriesTheOnlyRankAgain) {
  Schedule schedule(1, {10}, 0);
  schedule.add(prove(0));
  ASSERT_EQ(schedule.next(1), prove(0));
  schedule.released(1, 1);
  schedule.refuse(1, prove(0));
  EXPECT_EQ(schedule.next(1), prove(0));
}

TEST(Schedule, HandsOutNothingOnceClosed) {
  Schedule schedule(2, {10, 10}, 0);
  schedule.add({prove(0), prove(1)});
  ASSERT_TRUE(schedule.next(1));
  schedule.close();
  EXPECT_EQ(schedule.next(2), std::nullopt);
  EXPECT_TRUE(schedule.any_running());
  EXPECT_EQ(schedule.unfinished(), 2u);
}

TEST(Schedule, BoundsSilenceByWhatATaskShouldTake) {
  Schedule schedule(2, {10, 1000}, 0);
  schedule.add({prove(0), prove(1)});
  ASSERT_EQ(schedule.next(1), prove(1));
  ASSERT_EQ(schedule.next(2), prove(0));
  schedule.released(2, 1);
  schedule.accept(prove(0));
  ASSERT_EQ(schedule.predicted(prove(1)), 100.0);
  // Slowed twenty times is slow, not silent.
  schedule.pass(20 * 100);
  EXPECT_EQ(schedule.silent_rank(), 0);
  schedule.pass(100 * 100);
  EXPECT_EQ(schedule.silent_rank(), 1);
  // If another was quicker, nobody waits for it.
  schedule.accept(prove(1));
  EXPECT_EQ(schedule.silent_rank(), 0);
}

TEST(Schedule, KeepsToABoundThatIsGiven) {
  Schedule schedule(1, {1 << 30}, 3);
  schedule.add(prove(0));
  ASSERT_TRUE(schedule.next(1));
  schedule.pass(2.5);
  EXPECT_EQ(schedule.silent_rank(), 0);
  schedule.pass(1);
  EXPECT_EQ(schedule.silent_rank(), 1);
}

}  // namespace
}  // namespace cairn
