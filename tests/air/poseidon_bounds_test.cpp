// The bounds behind Poseidon's identities, recomputed by intervals from the chips' own text: no
// identity wraps with every cell anywhere in the range that a lookup grants it, and honest
// witnesses fit the lookups.
#include <gtest/gtest.h>

#include "air/chips/poseidon.hpp"
#include "air/chips/poseidon_full.hpp"
#include "air/chips/poseidon_partial.hpp"
#include "tests/air/interval.hpp"

namespace cairn {
namespace {

constexpr int64_t kModulus = KoalaBear::kModulus;
constexpr Interval kLimb{0, 511};
constexpr Interval kLimb18{0, (1 << 18) - 1};
constexpr Interval kDigit{-256, 255};
constexpr Interval kDigit18{-(1 << 17), (1 << 17) - 1};
/// Of w before the first row: the sum of two vectors in pairs of digits.
constexpr Interval kFirstW{-2 * 256 * 513, 2 * 255 * 513};

/// The digits of b before a row: those of y0 - 3 y1, and one more of each input.
Interval b_before(int row) {
  return Interval{-1024, 1024} + Interval(kPoseidonRoundsPerRow * row) * Interval{-256, 256};
}
const Interval kAnyB = b_before(kPoseidonPartialRows);

template <class Vector>
Vector filled(Interval value) {
  Vector v;
  set_all(v, value);
  return v;
}
using Limbs9 = Array<Interval, kLimbs9>;
using Limbs18 = Array<Interval, kLimbs18>;

void set_cube(Cube<Interval>& cube) {
  set_all(cube.x, kLimb);
  set_all(cube.square, kLimb);
  set_signed(cube.square_witness);
  set_signed(cube.cube_witness);
}

bool inside_modulus(Interval x) { return x.inside(-kModulus + 1, kModulus - 1); }

/// Honest k and carries of F lie where the lookups want them.
void expect_honest_fit(const Limbs9& f) {
  constexpr int64_t kLow = -kSignedCarryBias, kHigh = kSignedCarryBias - 1;
  const ProductWitness<Interval> w = honest_witness(f);
  EXPECT_TRUE(w.k.inside(kLow, kHigh)) << w.k.low << " " << w.k.high;
  for (int i = 0; i < kLimbs9 - 1; ++i) {
    EXPECT_TRUE(w.carry[i].inside(kLow, kHigh))
        << i << ": " << w.carry[i].low << " " << w.carry[i].high;
  }
}

TEST(PoseidonBounds, FullRoundsDoNotWrap) {
  IntervalEvaluator<PoseidonFull::Columns> e;
  e.cells.en = 1;
  for (int i = 0; i < 3; ++i) {
    set_cube(e.cells.cube[i]);
    set_all(e.cells.constant[i], kLimb18);
    set_all(e.cells.next[i], kLimb);
  }
  e.name = "folded product is k P";

  PoseidonFull::evaluate(e);

  EXPECT_GT(e.widest.high, int64_t{1} << 27);
  EXPECT_TRUE(inside_modulus(e.widest)) << e.widest.low << " " << e.widest.high;
}

TEST(PoseidonBounds, PartialRoundsDoNotWrap) {
  IntervalEvaluator<PoseidonPartial::Columns> e;
  e.cells.en = 1;
  for (int r = 0; r < PoseidonPartial::kRounds; ++r) {
    set_cube(e.cells.cube[r]);
    set_all(e.cells.constant[r], kLimb18);
  }
  set_all(e.cells.w, kFirstW);
  set_all(e.cells.b, kAnyB);
  set_all(e.cells.next_x, kLimb);
  set_all(e.cells.next_w, kLimb18);
  e.name = "folded product is k P";

  PoseidonPartial::evaluate(e);

  EXPECT_GT(e.widest.high, int64_t{1} << 27);
  EXPECT_TRUE(inside_modulus(e.widest)) << e.widest.low << " " << e.widest.high;
}

TEST(PoseidonBounds, OpenerDoesNotWrap) {
  IntervalEvaluator<Poseidon::Columns> e;
  e.cells.en = 1;
  for (int i = 0; i < 2; ++i) {
    set_cube(e.cells.middle[i]);
    set_all(e.cells.middle_cube[i], kLimb);
  }
  e.name = "folded product is k P";

  Poseidon::evaluate(e);

  EXPECT_GT(e.widest.high, int64_t{1} << 27);
  EXPECT_TRUE(inside_modulus(e.widest)) << e.widest.low << " " << e.widest.high;
}

TEST(PoseidonBounds, HonestWitnessesOfProductsFit) {
  const Limbs9 digits = filled<Limbs9>(kDigit);
  const Limbs18 constant = filled<Limbs18>(kLimb18);
  const Limbs9 product = fold_product(limb_product<Interval>(digits, digits));
  expect_honest_fit(folded_product<Interval>(digits, digits, digits));  // squares, y0 and y1
  for (int i = 0; i < 3; ++i) {
    Limbs9 f = product;
    for (int j = 0; j < 3; ++j) subtract_eighth<Interval>(f, PoseidonFull::inverse(i, j), digits);
    add_constant(f, constant);
    expect_honest_fit(f);
  }
  Limbs9 inputs[PoseidonPartial::kRounds + 1];
  for (Limbs9& input : inputs) input = digits;
  for (int r = 0; r < PoseidonPartial::kRounds; ++r) {
    Limbs9 f = product;
    PoseidonPartial::subtract_linear<Interval>(f, r, filled<Limbs18>(kFirstW),
                                               filled<Limbs9>(kAnyB), inputs);
    add_constant(f, constant);
    expect_honest_fit(f);
  }
}

/// sum g_i 2^(18 i) = q P with q in `quotient` and carries in `carry`: no identity wraps, which is
/// the argument that all hold over the integers; and honest ones fit.
void expect_sound_sum(const Limbs18& g, Interval quotient, Interval carry) {
  // The top identity first: it bounds q better than the lookup.
  const Interval top = g[kLimbs18 - 1] + carry - quotient * prime_limb18(kLimbs18 - 1);
  EXPECT_TRUE(inside_modulus(top)) << top.low << " " << top.high;
  const Interval above = g[kLimbs18 - 1] + carry;
  quotient = {std::max(quotient.low, (above.low >> 17) - 1),
              std::min(quotient.high, (above.high >> 17) + 1)};
  for (int i = 0; i < kLimbs18 - 1; ++i) {
    Interval sum = g[i] - quotient * prime_limb18(i) - carry * (1 << 18);
    if (i > 0) sum += carry;
    EXPECT_TRUE(inside_modulus(sum)) << i << ": " << sum.low << " " << sum.high;
  }

  // Honest: q is the sum over P, and carries follow.
  long double low = 0, high = 0;
  for (int i = 0; i < kLimbs18; ++i) {
    low = low / (1 << 18) + static_cast<long double>(g[i].low);
    high = high / (1 << 18) + static_cast<long double>(g[i].high);
  }
  const Interval q{static_cast<int64_t>(low / (1 << 17)) - 1,
                   static_cast<int64_t>(high / (1 << 17)) + 1};
  EXPECT_TRUE(q.inside(quotient.low, quotient.high)) << q.low << " " << q.high;
  Interval c{0, 0};
  for (int i = 0; i < kLimbs18 - 1; ++i) {
    const Interval sum = g[i] + c - q * prime_limb18(i);
    c = {(sum.low >> 18) - 1, (sum.high >> 18) + 1};
    EXPECT_TRUE(c.inside(carry.low, carry.high)) << i << ": " << c.low << " " << c.high;
  }
}

Interval signed_range(int bits) { return {-(1 << (bits - 1)), (1 << (bits - 1)) - 1}; }

TEST(PoseidonBounds, SumsOfPartialRoundsAreSound) {
  Limbs9 inputs[PoseidonPartial::kRounds + 1];
  for (Limbs9& input : inputs) input = filled<Limbs9>(kDigit);
  for (int row = 0; row < kPoseidonPartialRows; ++row) {
    Limbs18 g = PoseidonPartial::sum_after<Interval>(filled<Limbs18>(row == 0 ? kFirstW : kDigit18),
                                                     filled<Limbs9>(b_before(row)), inputs);
    for (int i = 0; i < kLimbs18; ++i) g[i] -= kDigit18;
    expect_sound_sum(g, signed_range(PoseidonPartial::kQuotientBits),
                     signed_range(PoseidonPartial::kCarryBits));
  }
}

TEST(PoseidonBounds, SumsOfTheOpenerAreSound) {
  const Interval small{-Poseidon::kSmallBias, 511 - Poseidon::kSmallBias};
  for (int i = 0; i < 3; ++i) {
    expect_sound_sum(Poseidon::start_sum<Interval>(Interval(1), i, filled<Limbs9>(kLimb),
                                                   filled<Limbs9>(kDigit)),
                     small, small);
  }
  for (int i = 0; i < 2; ++i) {
    expect_sound_sum(Poseidon::last_sum<Interval>(Interval(1), i, filled<Limbs18>(kDigit18),
                                                  filled<Limbs9>(kAnyB), filled<Limbs9>(kDigit)),
                     small, small);
  }
}

TEST(PoseidonBounds, DifferencesFitTheirWork) { EXPECT_LT(kAnyB.high, 1 << 15); }

}  // namespace
}  // namespace cairn
