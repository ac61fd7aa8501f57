// Interval arithmetic over the integers: what the values of a chip's expressions can be when every
// cell is anywhere in the range that a lookup grants it.
#pragma once

#include <algorithm>
#include <string>

#include "air/chips/product.hpp"
#include "air/evaluator.hpp"

namespace cairn {

/// All integers from low to high. Bounds stop at 2^61 in size: what an expression in inverses of
/// the field gives is no integer's bound, and nobody looks at it.
struct Interval {
  int64_t low = 0, high = 0;

  constexpr Interval() = default;
  constexpr Interval(int64_t x) : low(x), high(x) {}  // NOLINT(google-explicit-constructor)
  constexpr Interval(int64_t a, int64_t b) : low(a), high(b) {}

  static int64_t clamp(__int128 x) {
    constexpr __int128 kLimit = __int128{1} << 61;
    return static_cast<int64_t>(std::clamp<__int128>(x, -kLimit, kLimit));
  }
  static int64_t product(int64_t a, int64_t b) { return clamp(__int128{a} * b); }
  friend Interval operator+(Interval a, Interval b) {
    return {clamp(__int128{a.low} + b.low), clamp(__int128{a.high} + b.high)};
  }
  friend Interval operator-(Interval a, Interval b) {
    return {clamp(__int128{a.low} - b.high), clamp(__int128{a.high} - b.low)};
  }
  friend Interval operator*(Interval a, Interval b) {
    const int64_t x[] = {product(a.low, b.low), product(a.low, b.high), product(a.high, b.low),
                         product(a.high, b.high)};
    return {*std::min_element(x, x + 4), *std::max_element(x, x + 4)};
  }
  Interval operator-() const { return {-high, -low}; }
  Interval& operator+=(Interval b) { return *this = *this + b; }
  Interval& operator-=(Interval b) { return *this = *this - b; }
  bool inside(int64_t a, int64_t b) const { return a <= low && high <= b; }
};

/// Runs evaluate() on the ranges of cells, the next row's being the same, and keeps the widest
/// value of the constraints of one name.
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
  Interval next(int i) { return reinterpret_cast<const Interval*>(&cells)[i]; }
  Interval is_first() { return {0, 1}; }
  Interval is_last() { return {0, 1}; }
  Interval except_last() { return {0, 1}; }
  Interval range_begin() { return 0; }
  Interval range_end() { return 0; }
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

/// The ranges that check_sum grants.
inline void set_signed(ProductWitness<Interval>& w) {
  const Interval range{-kSignedCarryBias, (1 << kProductCarryBits) - 1 - kSignedCarryBias};
  w.k = range;
  set_all(w.carry, range);
}
template <int kFirst, int kLast>
void set_signed(WideProductWitness<Interval, kFirst, kLast>& w) {
  set_signed(w.narrow);
  for (int i = kFirst; i <= kLast; ++i) {
    w.narrow.carry[i] = {-(1 << kProductCarryBits), (1 << kProductCarryBits) - 1};
  }
  set_all(w.positive, {0, 1});
}

/// k and the carries of honest witnesses whose F lies in these intervals.
inline ProductWitness<Interval> honest_witness(const Array<Interval, kLimbs9>& f) {
  // F = k P, so k lies between the bounds of F / P; P = 256 * 512^27 and a little more, which moves
  // the quotient by less than 1.
  long double low = 0, high = 0;
  for (int i = 0; i < kLimbs9; ++i) {
    low = low / 512 + static_cast<long double>(f[i].low);
    high = high / 512 + static_cast<long double>(f[i].high);
  }
  ProductWitness<Interval> w;
  w.k = {static_cast<int64_t>(low / 256) - 1, static_cast<int64_t>(high / 256) + 1};
  Interval carry{0, 0};
  for (int i = 0; i < kLimbs9 - 1; ++i) {
    const Interval sum = f[i] + carry - w.k * prime_limb9(i);
    w.carry[i] = carry = {(sum.low >> 9) - 1, (sum.high >> 9) + 1};
  }
  return w;
}

}  // namespace cairn
