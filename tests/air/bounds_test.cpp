// The bounds behind the limb arithmetic (design: cairo-air.md 6), recomputed by intervals from the
// chips' own text: with every cell anywhere in the range that a lookup grants it, each identity's
// two sides differ by less than p, so that it holds over the integers; and honest witnesses fit the
// lookups.
#include <algorithm>
#include <string>

#include <gtest/gtest.h>

#include "air/chips.hpp"
#include "tests/air/naive_felt.hpp"

namespace cairn {
namespace {

/// All integers from low to high.
struct Interval {
  int64_t low = 0, high = 0;

  constexpr Interval() = default;
  constexpr Interval(int64_t x) : low(x), high(x) {}  // NOLINT(google-explicit-constructor)
  constexpr Interval(int64_t a, int64_t b) : low(a), high(b) {}

  friend Interval operator+(Interval a, Interval b) { return {a.low + b.low, a.high + b.high}; }
  friend Interval operator-(Interval a, Interval b) { return {a.low - b.high, a.high - b.low}; }
  friend Interval operator*(Interval a, Interval b) {
    const int64_t x[] = {a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high};
    return {*std::min_element(x, x + 4), *std::max_element(x, x + 4)};
  }
  Interval& operator+=(Interval b) { return *this = *this + b; }
  Interval& operator-=(Interval b) { return *this = *this - b; }
  bool inside(int64_t a, int64_t b) const { return a <= low && high <= b; }
};

constexpr int64_t kModulus = KoalaBear::kModulus;

/// Runs evaluate() on the ranges of cells and keeps the widest value of the constraints of one
/// name.
template <template <class> class ChipColumns>
struct IntervalEvaluator : EvaluatorBase<IntervalEvaluator<ChipColumns>> {
  using Value = Interval;
  struct Message {};

  ChipColumns<Interval> cells{};
  std::string name;
  Interval widest{0, 0};

  template <template <class> class Columns>
  Columns<Interval> columns() {
    return cells;
  }
  void zero(Interval value, const char* what) {
    if (name != what) return;
    widest = {std::min(widest.low, value.low), std::max(widest.high, value.high)};
  }
  Message empty_message(Bus) { return {}; }
  template <class T>
  void add(Message&, int, const T&) {}
  template <class T>
  void fraction(int, const T&, Message) {}
};

template <int kCount>
void set_all(Array<Interval, kCount>& list, Interval value) {
  for (int i = 0; i < kCount; ++i) list[i] = value;
}

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
  // F = k P, so k lies between the bounds of F / P; P = 256 * 512^27 and a little more, which moves
  // the quotient by less than 1.
  long double low = 0, high = 0;
  for (int i = 0; i < kLimbs9; ++i) {
    low = low / 512 + static_cast<long double>(f[i].low);
    high = high / 512 + static_cast<long double>(f[i].high);
    EXPECT_TRUE(f[i].inside(-(1 << 25), int64_t{190000000})) << i;
  }
  const Interval k{static_cast<int64_t>(low / 256) - 1, static_cast<int64_t>(high / 256) + 1};
  EXPECT_TRUE(k.inside(-28700, 45200)) << k.low << " " << k.high;
  EXPECT_TRUE(k.inside(kCarry.low, kCarry.high));

  Interval carry{0, 0};
  for (int i = 0; i < kLimbs9 - 1; ++i) {
    const Interval sum = f[i] + carry - k * prime_limb9(i);
    carry = {(sum.low >> 9) - 1, (sum.high >> 9) + 1};
    EXPECT_TRUE(carry.inside(kCarry.low, kCarry.high))
        << i << ": " << carry.low << " " << carry.high;
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
