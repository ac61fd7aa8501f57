// ADD_MOD and MUL_MOD: bounds of their sums, recomputed from the text by intervals.
#include <algorithm>

#include <gtest/gtest.h>

#include "air/chips/add_mod.hpp"
#include "air/chips/mul_mod.hpp"
#include "tests/air/interval.hpp"

namespace cairn {
namespace {

TEST(ModBounds, SumsDoNotWrap) {
  IntervalEvaluator<AddMod::Columns> e;
  const auto fill = [](auto& number) {
    for (int w = 0; w < kModWords; ++w) {
      for (int j = 0; j < AddMod::kLimbs; ++j) {
        number.limb[w][j] = {0, (1 << (j == 3 ? AddMod::kTopBits : AddMod::kLimbBits)) - 1};
      }
    }
  };
  fill(e.cells.instance.p);
  for (int i = 0; i < 3; ++i) fill(e.cells.instance.operand[i]);
  e.cells.takes_p = {0, 1};
  set_all(e.cells.carry, {-1, 1});
  e.name = "a + b = c + s p";

  AddMod::evaluate(e);

  EXPECT_GT(e.widest.high, 1 << 28);
  EXPECT_TRUE(e.widest.inside(1 - int64_t{KoalaBear::kModulus}, KoalaBear::kModulus - 1));
}

TEST(ModBounds, HonestSumsCarryByOne) {
  for (const int bits : {AddMod::kLimbBits, AddMod::kTopBits}) {
    const Interval limb{0, (int64_t{1} << bits) - 1};
    const Interval sum = limb + limb - limb - limb + Interval{-1, 1};
    EXPECT_GT(sum.low, -(int64_t{2} << bits));
    EXPECT_LT(sum.high, int64_t{2} << bits);
  }
}

void set_limbs(MulMod::Limbs<Interval>& limbs, int64_t top) {
  for (int w = 0; w < kModWords; ++w) {
    for (int j = 0; j < MulMod::kLimbs; ++j) {
      limbs[w][j] = {0, j == MulMod::kLimbs - 1 ? top : 511};
    }
  }
}

TEST(ModBounds, ProductsDoNotWrap) {
  IntervalEvaluator<MulMod::Columns> e;
  set_limbs(e.cells.instance.p.limb, 63);
  for (int i = 0; i < 3; ++i) set_limbs(e.cells.instance.operand[i].limb, 63);
  set_limbs(e.cells.quotient, 511);
  set_all(e.cells.carry, {-MulMod::kCarryBias, MulMod::kCarryBias - 1});
  ASSERT_EQ(2 * MulMod::kCarryBias, 1 << MulMod::kCarryBits);
  e.name = "a b = c + q p";

  MulMod::evaluate(e);

  EXPECT_GT(e.widest.high, 1 << 27);
  EXPECT_TRUE(e.widest.inside(1 - int64_t{KoalaBear::kModulus}, KoalaBear::kModulus - 1))
      << e.widest.low << " " << e.widest.high;
}

TEST(ModBounds, HonestCarriesFitTheirLookup) {
  MulMod::Limbs<Interval> limbs;
  set_limbs(limbs, 63);
  const auto z = MulMod::digits<Interval>(limbs, limbs, limbs, limbs, limbs);
  Interval carry, widest;
  for (int i = 0; i < MulMod::kDigits - 1; ++i) {
    EXPECT_TRUE(z[i].inside(-88000000, 88000000)) << z[i].low << " " << z[i].high;  // 2^26.4
    const int bits = i % MulMod::kLimbs == MulMod::kLimbs - 1 ? 6 : 9;
    const Interval sum = z[i] + carry;
    carry = {-(-sum.low >> bits), sum.high >> bits};  // exact quotients: rounded to zero
    widest = {std::min(widest.low, carry.low), std::max(widest.high, carry.high)};
  }
  EXPECT_TRUE(widest.inside(-151228, 151228)) << widest.low << " " << widest.high;
  EXPECT_LT(151228, MulMod::kCarryBias);
}

}  // namespace
}  // namespace cairn
