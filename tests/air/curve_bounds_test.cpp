// The bounds of the curve chips' products, as in bounds_test.cpp: no identity wraps, and honest
// witnesses fit their lookups.
#include <gtest/gtest.h>

#include "air/chips/pedersen_step.hpp"
#include "tests/air/interval.hpp"

namespace cairn {
namespace {

constexpr int64_t kModulus = KoalaBear::kModulus;
constexpr Interval kLimb{0, 511};
constexpr Interval kBalanced{-256, 255};
constexpr const char* kProductName = "folded product is k P";

using Limbs = Array<Interval, kLimbs9>;

Limbs all(Interval range) {
  Limbs limbs;
  set_all(limbs, range);
  return limbs;
}

/// k and each carry fit the range that check_sum gives them; kFirst > kLast: none is wide.
void expect_fits(const ProductSum<Interval>& z, int first, int last) {
  const ProductWitness<Interval> w = honest_witness(fold_product(z));
  const int64_t narrow = kSignedCarryBias, wide = 1 << kProductCarryBits;
  EXPECT_TRUE(w.k.inside(-narrow, narrow - 1)) << w.k.low << " " << w.k.high;
  for (int i = 0; i < kLimbs9 - 1; ++i) {
    const int64_t bound = i >= first && i <= last ? wide : narrow;
    EXPECT_TRUE(w.carry[i].inside(-bound, bound - 1))
        << i << ": " << w.carry[i].low << " " << w.carry[i].high;
  }
  // Every bit of its own is needed.
  if (first > last) return;
  for (const int i : {first, last}) {
    EXPECT_FALSE(w.carry[i].inside(-narrow, narrow - 1))
        << i << ": " << w.carry[i].low << " " << w.carry[i].high;
  }
}

ProductSum<Interval> minus(ProductSum<Interval> z, std::initializer_list<Limbs> values) {
  for (const Limbs& value : values) {
    for (int i = 0; i < kLimbs9; ++i) z[i] -= value[i];
  }
  return z;
}

TEST(CurveBounds, PedersenProductsDoNotWrap) {
  IntervalEvaluator<PedersenStep::Columns> e;
  e.cells.link = 1;
  set_all(e.cells.slope, kLimb);
  set_all(e.cells.x, kLimb);
  set_all(e.cells.point_x, kLimb);
  set_all(e.cells.point_y, kLimb);
  set_signed(e.cells.x_witness);
  set_signed(e.cells.slope_witness);
  e.name = kProductName;

  PedersenStep::evaluate(e);

  EXPECT_GT(e.widest.high, int64_t{1} << 28);  // the constraints of that name were seen
  EXPECT_TRUE(e.widest.inside(-kModulus + 1, kModulus - 1)) << e.widest.low << " " << e.widest.high;
}

TEST(CurveBounds, PedersenWitnessesFit) {
  const Limbs slope = all(kBalanced), limb = all(kLimb), run = all({-511, 511});
  // A square has each pair of limbs twice; the interval of a product covers it.
  expect_fits(minus(limb_product(slope, slope), {limb, limb, limb}), 1, 0);
  expect_fits(minus(add_product(limb_product(slope, run), slope, run), {limb, limb}),
              PedersenStep::kWideFirst, PedersenStep::kWideLast);
}

TEST(CurveBounds, ReducedCheckDoesNotWrap) {
  // Sums of limbs, and twice the values of the lookup.
  EXPECT_LT(21 * 512, kModulus);
  EXPECT_LT(2 * (120 + 511), kModulus - 512);
}

}  // namespace
}  // namespace cairn
