// The proven bits, recomputed for the shapes in use, and the formulas against figures from
// elsewhere.
#include "stark/protocol/soundness.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "air/chips.hpp"
#include "stark/protocol/parameters.hpp"

namespace cairn {
namespace {

double bits_of(const JobShape& job, std::string_view round) {
  for (const Round& r : soundness_rounds(job)) {
    if (r.name == round) return r.bits;
  }
  ADD_FAILURE() << "no round " << round;
  return 0;
}

TEST(Soundness, QueriesGiveAHundredBitsInUniqueDecoding) {
  const JobShape job{{{20, 100, 300}}, 1000, 30};

  EXPECT_NEAR(bits_of(job, "queries and proof of work"), 193 * std::log2(4.0 / 3.0) + 20, 1e-9);
  EXPECT_GE(bits_of(job, "queries and proof of work"), 100.0);
}

/// cairo-air-review.md 2.2: batching by powers gives 125.5 bits at (2^21, 704), 124.4 at (2^22,
/// 750), 121.9 at (2^22, 4096), 119.9 at (2^22, 2^14); folds 131.1; the out-of-domain point 130.9.
TEST(Soundness, AgreesWithTheAuditsFigures) {
  const auto batching = [](int log_height, uint64_t openings) {
    return bits_of({{{log_height, 700, openings}}, 1, 30}, "opening batching");
  };
  EXPECT_NEAR(batching(21, 704), 125.5, 0.1);
  EXPECT_NEAR(batching(22, 750), 124.4, 0.1);
  EXPECT_NEAR(batching(22, 4096), 121.9, 0.1);
  EXPECT_NEAR(batching(22, 1 << 14), 119.9, 0.1);
  const JobShape job{{{22, 700, 750}}, 1, 30};
  EXPECT_GE(bits_of(job, "folding"), 131.0);
  EXPECT_NEAR(bits_of(job, "out-of-domain point"), 130.9, 0.1);
}

/// cairo-air.md 11.3: 2^34 fractions of messages up to 30 long leave 2^-115, counted twice 2^-114.
TEST(Soundness, LookupsStandAHundredMillionSteps) {
  const JobShape job{{{22, 700, 750}}, uint64_t{1} << 34, 30};

  EXPECT_NEAR(bits_of(job, "lookups"), 114.95, 0.1);
}

/// Every chip at every height, alone and all together: whatever a plan makes of them has its bits.
TEST(Soundness, EveryShapeHasAHundredBits) {
  for (uint32_t log_height = kMinLogHeight; log_height <= kMaxLogHeight; ++log_height) {
    SegmentRecord all{};
    for (uint32_t chip = 0; chip < kChipCount; ++chip) {
      const SegmentRecord one{{{chip, log_height, 0, 0}}, {}};
      EXPECT_GE(weakest_round(shape_of({one}, 100)).bits, kSecurityTarget);
      for (int copies = 0; copies < 4; ++copies) all.parts.push_back({chip, log_height, 0, 0});
    }
    EXPECT_GE(weakest_round(shape_of({all, all, all}, 100)).bits, kSecurityTarget);
  }
}

/// The formulas do bite: a shape absurd enough falls below the target.
TEST(Soundness, AnAbsurdJobIsBelowTheTarget) {
  const JobShape job{{{22, 700, uint64_t{1} << 40}}, 1, 30};

  EXPECT_LT(weakest_round(job).bits, kSecurityTarget);
  EXPECT_EQ(weakest_round(job).name, "opening batching");
}

TEST(FoldSchedule, EndsAtTheLastPolynomialForEveryHeight) {
  for (int log_height = kMinLogHeight; log_height <= static_cast<int>(kMaxLogHeight);
       ++log_height) {
    const FoldSchedule schedule = FoldSchedule::for_height(log_height);
    int left = log_height;
    for (int i = 0; i < schedule.count; ++i) {
      EXPECT_GE(schedule.step[i], 1);
      EXPECT_LE(schedule.step[i], kLogFoldArity);
      left -= schedule.step[i];
    }
    EXPECT_EQ(left, kLogLastCoefficients);
  }
}

}  // namespace
}  // namespace cairn
