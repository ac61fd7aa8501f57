// The bounds of the curve chips' products, as in bounds_test.cpp: no identity wraps, and honest
// witnesses fit their lookups.
#include <gtest/gtest.h>

#include "air/chips/ec_op_step.hpp"
#include "air/chips/pedersen_step.hpp"
#include "core/felt252.hpp"
#include "tests/air/interval.hpp"
#include "tests/support/random.hpp"

namespace cairn {
namespace {

constexpr int64_t kModulus = KoalaBear::kModulus;
constexpr Interval kLimb{0, 511};
constexpr Interval kBalanced{-256, 255};
constexpr Interval kUnsigned{-kProductCarryBias, (1 << kProductCarryBits) - 1 - kProductCarryBias};
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

TEST(CurveBounds, EcOpStepProductsDoNotWrap) {
  IntervalEvaluator<EcOpStep::Columns> e;
  auto& c = e.cells;
  c.link = c.bit = 1;
  for (auto* p : {&c.sum, &c.multiple}) {
    set_all(p->x, kLimb);
    set_all(p->y, kLimb);
  }
  set_all(c.slope, kLimb);
  set_all(c.tangent, kLimb);
  for (auto& w : c.line_witness) set_signed(w);
  set_signed(c.tangent_witness);
  e.name = kProductName;

  EcOpStep::evaluate(e);

  EXPECT_GT(e.widest.high, int64_t{1} << 28);
  EXPECT_TRUE(e.widest.inside(-kModulus + 1, kModulus - 1)) << e.widest.low << " " << e.widest.high;
  EXPECT_LT(int64_t{28} * 511 * 511, kModulus);  // the sum of squared differences
}

TEST(CurveBounds, EcOpStepWitnessesFit) {
  const Limbs slope = all(kBalanced);
  const EcOpStep::Point<Interval> p{slope, slope};
  expect_fits(EcOpStep::product_sum(EcOpStep::chord(slope, p, p)), 1, 0);
  expect_fits(EcOpStep::product_sum(EcOpStep::new_x(slope, slope, slope, slope)), 1, 0);
  expect_fits(EcOpStep::product_sum(EcOpStep::new_y(slope, p, p)), 1, 0);
  expect_fits(EcOpStep::tangent_at(slope, p), EcOpStep::kWideFirst, EcOpStep::kWideLast);
}

TEST(CurveBounds, EcOpProductsDoNotWrap) {
  IntervalEvaluator<EcOp::Columns> e;
  auto& c = e.cells;
  c.en = 1;
  for (Limbs& limbs : c.input) set_all(limbs, kLimb);
  for (auto& check : c.on_curve) {
    set_all(check.square, kLimb);
    check.square_witness.k = kUnsigned;
    set_all(check.square_witness.carry, kUnsigned);
    set_signed(check.witness);
  }
  e.name = kProductName;

  EcOp::evaluate(e);

  EXPECT_GT(e.widest.high, int64_t{1} << 28);
  EXPECT_TRUE(e.widest.inside(-kModulus + 1, kModulus - 1)) << e.widest.low << " " << e.widest.high;
}

TEST(CurveBounds, EcOpWitnessesFit) {
  const Limbs limb = all(kLimb);
  expect_fits(EcOp::curve_equation(limb, limb, limb), EcOp::kWideFirst, EcOp::kWideLast);
}

TEST(CurveBounds, BalancedFormsAreSumsBelowThePrime) {
  // Sums of air/chips/sum.hpp take limbs of 27 bits; honest ones subtract the prime at most once.
  EXPECT_TRUE(is_below(kBalanceResidue, kCairoPrime));
  for (int i = 0; i < kLimbs9; ++i) EXPECT_EQ(kBalance.limb9(i), 256u);
  Random random(3);
  for (int i = 0; i < 1000; ++i) {
    const Felt x = i == 0 ? Felt{} : random.odd_felt();
    EXPECT_EQ(balanced_form(x), (Felt252(x) + Felt252(kBalance)).integer());
  }
  for (const Felt252& form : {Felt252(uint64_t{0}), Felt252(uint64_t{1}), -Felt252(uint64_t{1}),
                              Felt252(Felt{{0, 0, 0, 1}}), -Felt252(Felt{{0, 1, 0, 0}})}) {
    EXPECT_EQ(balanced_form((form - Felt252(kBalance)).integer()), form.integer());
  }
}

TEST(CurveBounds, ReducedCheckDoesNotWrap) {
  // Sums of limbs, and twice the values of the lookup.
  EXPECT_LT(21 * 512, kModulus);
  EXPECT_LT(2 * (120 + 511), kModulus - 512);
}

}  // namespace
}  // namespace cairn
