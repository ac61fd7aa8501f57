// Log lines and phase timers.
#include "core/log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/timer.hpp"

namespace cairn {
namespace {

TEST(Log, OneLineWithRankPhaseAndFields) {
  EXPECT_EQ(format_log_line(LogLevel::kInfo, 2, "commit", "bundle committed",
                            {{"index", 7}, {"seconds", 0.25}, {"file", "a b"}}),
            "info rank=2 phase=commit bundle committed index=7 seconds=0.250 file=\"a b\"");
  EXPECT_EQ(format_log_line(LogLevel::kError, -1, "", "bad\nnews", {{"text", "say \"no\"\n"}}),
            "error bad\\nnews text=\"say \\\"no\\\"\\n\"");
}

TEST(Log, LevelsDecide) {
  set_log_level(LogLevel::kWarning);
  EXPECT_FALSE(log_enabled(LogLevel::kInfo));
  EXPECT_TRUE(log_enabled(LogLevel::kError));
  set_log_level(LogLevel::kOff);
  EXPECT_FALSE(log_enabled(LogLevel::kError));
  testing::internal::CaptureStderr();
  log_error("unseen");
  set_log_level(LogLevel::kInfo);
  set_log_rank(3);
  log_info("seen", {{"n", 1}});
  EXPECT_THAT(testing::internal::GetCapturedStderr(), testing::EndsWith("info rank=3 seen n=1\n"));
  set_log_level(LogLevel::kWarning);
}

TEST(PhaseTimer, NestsAndTotals) {
  PhaseTimer timer;
  for (int i = 0; i < 2; ++i) {
    const auto outer = timer.enter("commit");
    const auto inner = timer.enter("ntt");
  }
  { const auto last = timer.enter("prove"); }
  const PhaseTimer::Phase& total = timer.total();
  ASSERT_EQ(total.inner.size(), 2u);
  EXPECT_EQ(total.inner[0]->name, "commit");
  EXPECT_EQ(total.inner[0]->count, 2u);
  ASSERT_EQ(total.inner[0]->inner.size(), 1u);
  EXPECT_GE(total.inner[0]->seconds, total.inner[0]->inner[0]->seconds);
  EXPECT_THAT(timer.json(),
              testing::MatchesRegex(".\"commit\": ..*\"phases\": .\"ntt\": ..*\"prove\": .*"));
  EXPECT_THAT(timer.table(), testing::HasSubstr("\n  ntt "));
}

TEST(PhaseTimer, GivesEachNameItsOwnTime) {
  int settled = 0;
  PhaseTimer timer([&] { ++settled; });
  { const auto nobody = step("before"); }
  {
    const TimedSteps timed(timer);
    const auto outer = step("fri");
    { const auto inner = step("queries"); }
  }
  { const auto again = timer.enter("queries"); }
  { const auto nobody = step("after"); }
  const auto own = timer.own_seconds();
  ASSERT_EQ(own.size(), 2u);
  EXPECT_EQ(own[0].first, "fri");
  EXPECT_EQ(own[1].first, "queries");
  EXPECT_GE(own[0].second, 0);
  EXPECT_NEAR(own[0].second + own[1].second, timer.total().seconds, 1e-9);
  EXPECT_EQ(settled, 6);  // before each of six readings of the clock
}

}  // namespace
}  // namespace cairn
