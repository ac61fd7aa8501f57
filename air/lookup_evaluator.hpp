// What evaluators under known challenges share: the cells of the row, the fingerprints of messages,
// and fractions joined two by two. One text, so that prover and verifier hash messages and count
// pairs alike.
#pragma once

#include "air/extension_dot.hpp"
#include "air/shape.hpp"

namespace cairn {

/// V is the type of a column's value, X of extension values. `Access` gives the row: V main(i),
/// fixed(i), range_begin(), range_end(), log_height(), and constants of E: alpha(), gamma(i).
/// `Derived` adds zero(), next(i), is_first(), is_last() and except_last(), and takes
/// pair(j, numerator, denominator): pair j of fractions as one fraction, X by X; an odd last
/// fraction is a pair by itself.
template <class Derived, class Chip, class V, class X, class Access>
class LookupEvaluator : public EvaluatorBase<Derived> {
 public:
  using Value = V;

  HOST_DEVICE explicit LookupEvaluator(const Access& access) : access_(access) {}

  template <template <class> class Columns>
  HOST_DEVICE Columns<V> columns() {
    Columns<V> result;
    V* cells = reinterpret_cast<V*>(&result);
    for (int i = 0; i < kShape<Chip>.columns; ++i) cells[i] = access_.main(i);
    return result;
  }
  HOST_DEVICE V fixed(int i) { return access_.fixed(i); }
  HOST_DEVICE V range_begin() { return access_.range_begin(); }
  HOST_DEVICE V range_end() { return access_.range_end(); }
  HOST_DEVICE V log_height() { return access_.log_height(); }

  HOST_DEVICE Fingerprint<V, X> empty_message(Bus bus) {
    return {access_.alpha() + KoalaBear(static_cast<int64_t>(static_cast<int>(bus))), {}};
  }
  HOST_DEVICE void add(Fingerprint<V, X>& message, int position, const V& coordinate) {
    message.coordinates.add(access_.gamma(position), coordinate);
  }
  HOST_DEVICE void add(Fingerprint<V, X>& message, int position, int coordinate) {
    if (coordinate != 0) {
      message.start += access_.gamma(position) * KoalaBear(static_cast<int64_t>(coordinate));
    }
  }

  template <class M>
  HOST_DEVICE void fraction(int sign, const M& multiplicity, const Fingerprint<V, X>& message) {
    const X denominator = message.value();
    const V numerator = sign > 0 ? V(multiplicity) : -V(multiplicity);
    const int pair = fraction_ / 2;
    if (fraction_ % 2 != 0) {
      derived().pair(pair, first_numerator_ * denominator + numerator * first_denominator_,
                     first_denominator_ * denominator);
    } else if (fraction_ == kShape<Chip>.fractions - 1) {
      derived().pair(pair, X(numerator), denominator);
    } else {
      first_numerator_ = numerator;
      first_denominator_ = denominator;
    }
    ++fraction_;
  }

 protected:
  const Access& access_;

 private:
  HOST_DEVICE Derived& derived() { return static_cast<Derived&>(*this); }

  V first_numerator_ = V(int64_t{0});  // of the pair that is begun
  X first_denominator_ = X(int64_t{0});
  int fraction_ = 0;
};

}  // namespace cairn
