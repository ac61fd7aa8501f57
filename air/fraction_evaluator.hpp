// Gives the fractions of a row under known challenges, pair by pair: what the helper columns are
// made of.
#pragma once

#include "air/extension_dot.hpp"
#include "air/shape.hpp"

namespace cairn {

/// `Access` as in ConstraintEvaluator, of which main, fixed, log_height, range_*, alpha and gamma
/// are used. The sink gets pair(j, numerator, denominator), each pair as one fraction of E.
template <class Chip, class V, class X, class Access, class Sink>
class FractionEvaluator : public EvaluatorBase<FractionEvaluator<Chip, V, X, Access, Sink>> {
 public:
  using Value = V;

  HOST_DEVICE FractionEvaluator(const Access& access, Sink& sink) : access_(access), sink_(sink) {}

  template <template <class> class Columns>
  HOST_DEVICE Columns<V> columns() {
    Columns<V> result;
    V* cells = reinterpret_cast<V*>(&result);
    for (int i = 0; i < kShape<Chip>.columns; ++i) cells[i] = access_.main(i);
    return result;
  }
  HOST_DEVICE V next(int) { return V(int64_t{0}); }  // only constraints read the next row
  HOST_DEVICE V fixed(int i) { return access_.fixed(i); }
  HOST_DEVICE V is_first() { return V(int64_t{0}); }
  HOST_DEVICE V is_last() { return V(int64_t{0}); }
  HOST_DEVICE V except_last() { return V(int64_t{0}); }
  HOST_DEVICE V range_begin() { return access_.range_begin(); }
  HOST_DEVICE V range_end() { return access_.range_end(); }
  HOST_DEVICE V log_height() { return access_.log_height(); }
  HOST_DEVICE void zero(const V&, const char* = nullptr) {}

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
    if (fraction_ % 2 == 0) {
      first_numerator_ = numerator;
      first_denominator_ = denominator;
      if (fraction_ == kShape<Chip>.fractions - 1) {
        sink_.pair(fraction_ / 2, X(numerator), denominator);
      }
    } else {
      sink_.pair(fraction_ / 2, first_numerator_ * denominator + numerator * first_denominator_,
                 first_denominator_ * denominator);
    }
    ++fraction_;
  }

 private:
  const Access& access_;
  Sink& sink_;
  V first_numerator_ = V(int64_t{0});
  X first_denominator_ = X(int64_t{0});
  int fraction_ = 0;
};

}  // namespace cairn
