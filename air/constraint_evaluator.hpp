// Folds all constraints of a row, those of the lookups included, into one value of E by powers of
// lambda.
//
// V is the type of a column's value, X of extension values: packed rows for the prover, E and E for
// the verifier's out-of-domain point. One text, so that both check the same constraints in the same
// order.
#pragma once

#include "air/extension_dot.hpp"
#include "air/shape.hpp"

namespace cairn {

/// `Access` gives the row: V main(i), main_next(i), fixed(i), is_first(), is_last(), except_last(),
/// range_begin(), range_end(), log_height(); X helper(pair), sum_next(), sum_share() = sigma / N;
/// and constants of E: weight(k) = lambda^k, alpha(), gamma(i).
template <class Chip, class V, class X, class Access>
class ConstraintEvaluator : public EvaluatorBase<ConstraintEvaluator<Chip, V, X, Access>> {
 public:
  using Value = V;

  HOST_DEVICE explicit ConstraintEvaluator(const Access& access)
      : access_(access), helper_sum_(0) {}

  template <template <class> class Columns>
  HOST_DEVICE Columns<V> columns() {
    Columns<V> result;
    V* cells = reinterpret_cast<V*>(&result);
    for (int i = 0; i < kShape<Chip>.columns; ++i) cells[i] = access_.main(i);
    return result;
  }
  HOST_DEVICE V next(int i) { return access_.main_next(i); }
  HOST_DEVICE V fixed(int i) { return access_.fixed(i); }
  HOST_DEVICE V is_first() { return access_.is_first(); }
  HOST_DEVICE V is_last() { return access_.is_last(); }
  HOST_DEVICE V except_last() { return access_.except_last(); }
  HOST_DEVICE V range_begin() { return access_.range_begin(); }
  HOST_DEVICE V range_end() { return access_.range_end(); }
  HOST_DEVICE V log_height() { return access_.log_height(); }

  HOST_DEVICE void zero(const V& value, const char* = nullptr) {
    sum_.add(access_.weight(constraint_++), value);
  }

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
    const bool last_pair = pair == kShape<Chip>.pairs() - 1;
    if (fraction_ % 2 == 0) {
      first_numerator_ = numerator;
      first_denominator_ = denominator;
      if (last_pair && fraction_ == kShape<Chip>.fractions - 1) {
        weigh(running_sum_step() * denominator - X(numerator));
      }
    } else {
      const X whole = last_pair ? running_sum_step() : helper(pair);
      weigh(whole * (first_denominator_ * denominator) -
            (first_numerator_ * denominator + numerator * first_denominator_));
    }
    ++fraction_;
  }

  /// Sum over constraints k of lambda^k c_k.
  HOST_DEVICE X result() const { return sum_.value(); }

 private:
  HOST_DEVICE X helper(int pair) {
    const X h = access_.helper(pair);
    helper_sum_ += h;
    return h;
  }
  /// S' - S + sigma/N - sum of the other pairs: what the last pair adds in this row.
  HOST_DEVICE X running_sum_step() {
    return access_.sum_next() - access_.helper(kShape<Chip>.pairs() - 1) + access_.sum_share() -
           helper_sum_;
  }
  HOST_DEVICE void weigh(const X& value) {
    sum_.add_extension(access_.weight(constraint_++), value);
  }

  const Access& access_;
  ExtensionDot<V, X> sum_;  // of all constraints
  X helper_sum_;
  V first_numerator_ = V(int64_t{0});
  X first_denominator_ = X(int64_t{0});
  int constraint_ = 0;
  int fraction_ = 0;
};

}  // namespace cairn
