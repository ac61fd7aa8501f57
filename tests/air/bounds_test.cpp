// The bounds behind the limb arithmetic (design: cairo-air.md 6), recomputed by intervals from the
// chips' own text: with every cell anywhere in the range that a lookup grants it, each identity's
// two sides differ by less than p, so that it holds over the integers; and honest witnesses fit the
// lookups.
#include <gtest/gtest.h>

#include "air/chips.hpp"
#include "tests/air/interval.hpp"
#include "tests/air/naive_felt.hpp"

namespace cairn {
namespace {

constexpr int64_t kModulus = KoalaBear::kModulus;

constexpr Interval kLimb{0, 511};
constexpr Interval kCarry{-kProductCarryBias, (1 << kProductCarryBits) - 1 - kProductCarryBias};

TEST(Bounds, BigProductDoesNotWrap) {
  IntervalEvaluator<MulBig::Columns> e;
  set_all(e.cells.op0, kLimb);
  set_all(e.cells.op1, kLimb);
  set_all(e.cells.dst, kLimb);
  e.cells.witness.k = kCarry;
  set_all(e.cells.witness.carry, kCarry);
  e.name = "folded product is k P";

  MulBig::evaluate(e);

  EXPECT_GT(e.widest.high, int64_t{1} << 27);  // the constraints of that name were seen
  EXPECT_TRUE(e.widest.inside(-kModulus + 1, kModulus - 1)) << e.widest.low << " " << e.widest.high;
}

TEST(Bounds, BigProductWitnessFitsItsLookup) {
  Array<Interval, kLimbs9> limbs;
  set_all(limbs, kLimb);
  const Array<Interval, kLimbs9> f = folded_product<Interval>(limbs, limbs, limbs);
  for (int i = 0; i < kLimbs9; ++i) EXPECT_TRUE(f[i].inside(-(1 << 25), int64_t{190000000})) << i;
  const ProductWitness<Interval> w = honest_witness(f);
  EXPECT_TRUE(w.k.inside(-28700, 45200)) << w.k.low << " " << w.k.high;
  EXPECT_TRUE(w.k.inside(kCarry.low, kCarry.high));
  for (int i = 0; i < kLimbs9 - 1; ++i) {
    EXPECT_TRUE(w.carry[i].inside(kCarry.low, kCarry.high))
        << i << ": " << w.carry[i].low << " " << w.carry[i].high;
  }
}

TEST(Bounds, SmallProductDoesNotWrap) {
  IntervalEvaluator<MulSmall::Columns> e;
  set_all(e.cells.op0, kLimb);
  set_all(e.cells.op1, kLimb);
  set_all(e.cells.dst, kLimb);
  set_all(e.cells.carry, Interval{0, (1 << MulSmall::kCarryBits) - 1});
  e.name = "product of limbs";

  MulSmall::evaluate(e);

  EXPECT_GT(e.widest.high, int64_t{1} << 28);
  EXPECT_TRUE(e.widest.inside(-kModulus + 1, kModulus - 1)) << e.widest.low << " " << e.widest.high;
}

TEST(Bounds, SmallProductWitnessFitsItsLookup) {
  // Pairs of coefficients of two polynomials with 4 limbs each: 1, 2, 3, 4, 3, 2, 1 products.
  const int64_t square = 511 * 511;
  int64_t carry = 0;
  for (int i = 0; i < 3; ++i) {
    const int64_t products[] = {1, 2, 3, 4, 3, 2};
    carry = (products[2 * i] * square + 512 * products[2 * i + 1] * square + carry) >> 18;
    EXPECT_LT(carry, 1 << MulSmall::kCarryBits);
  }
}

TEST(Bounds, SumDoesNotWrap) {
  const Interval limb{0, (1 << 27) - 1}, bit{0, 1}, carry{-1, 1};
  for (int j = 0; j < kLimbs27; ++j) {
    const Interval sum = limb + limb + carry - limb - bit * prime_limb27(j);
    const Interval difference = sum - carry * (int64_t{1} << 27);
    EXPECT_TRUE(difference.inside(-kModulus + 1, kModulus - 1));
  }
}

TEST(Bounds, ValueSumsOfBigDoNotWrap) { EXPECT_LT(int64_t{28} * 512 * 512, kModulus); }

TEST(Bounds, FoldMatrixIsTheIdentityOfTheDesign) {
  // F(512) = T(512) z(512) modulo P for every single coefficient of z, by the naive remainders.
  for (int j = 0; j < kProductCoefficients; ++j) {
    Array<int64_t, kProductCoefficients> z{};
    z[j] = 1;
    const Array<int64_t, kLimbs9> f = fold_product<int64_t>(z);
    // Powers of 512 modulo P, from the top: Horner with naive arithmetic.
    auto power = [](int exponent) {
      Felt x{{1, 0, 0, 0}};
      for (int i = 0; i < 9 * exponent; ++i) x = naive::add(x, x);
      return x;
    };
    Felt left{};
    for (int i = 0; i < kLimbs9; ++i) {
      left = naive::add(left, naive::multiply(naive::felt(f[i]), power(i)));
    }
    const Felt right =
        naive::add(naive::add(naive::multiply(naive::felt(2), power(j + 7)), power(j + 1)),
                   naive::multiply(naive::felt(32), power(j)));

    EXPECT_EQ(left, right) << j;
  }
}

}  // namespace
}  // namespace cairn
