// Folds all constraints of a row, those of the lookups included, into one value of E by powers of
// lambda.
//
// V is the type of a column's value, X of extension values: packed rows for the prover, E and E for
// the verifier's out-of-domain point. One text, so that both check the same constraints in the same
// order.
#pragma once

#include "air/lookup_evaluator.hpp"

namespace cairn {

/// `Access` as LookupEvaluator needs it, and: V main_next(i), is_first(), is_last(), except_last();
/// X helper(pair), sum_next(), sum_share() = sigma / N; the constant of E weight(k) = lambda^k.
template <class Chip, class V, class X, class Access>
class ConstraintEvaluator
    : public LookupEvaluator<ConstraintEvaluator<Chip, V, X, Access>, Chip, V, X, Access> {
 public:
  HOST_DEVICE explicit ConstraintEvaluator(const Access& access)
      : ConstraintEvaluator::LookupEvaluator(access), helper_sum_(0) {}

  HOST_DEVICE V next(int i) { return this->access_.main_next(i); }
  HOST_DEVICE V is_first() { return this->access_.is_first(); }
  HOST_DEVICE V is_last() { return this->access_.is_last(); }
  HOST_DEVICE V except_last() { return this->access_.except_last(); }

  HOST_DEVICE void zero(const V& value, const char* = nullptr) {
    sum_.add(this->access_.weight(constraint_++), value);
  }

  /// h d = n; h is a helper column or, for the last pair, what the running sum adds beside them.
  HOST_DEVICE void pair(int j, const X& numerator, const X& denominator) {
    const bool last = j == kShape<Chip>.pairs() - 1;
    const X whole = last ? running_sum_step() : helper(j);
    sum_.add_extension(this->access_.weight(constraint_++), whole * denominator - numerator);
  }

  /// Sum over constraints k of lambda^k c_k.
  HOST_DEVICE X result() const { return sum_.value(); }

 private:
  HOST_DEVICE X helper(int j) {
    const X h = this->access_.helper(j);
    helper_sum_ += h;
    return h;
  }
  /// S' - S + sigma/N - sum of the other pairs: what the last pair adds in this row.
  HOST_DEVICE X running_sum_step() {
    const auto& row = this->access_;
    return row.sum_next() - row.helper(kShape<Chip>.pairs() - 1) + row.sum_share() - helper_sum_;
  }

  ExtensionDot<V, X> sum_;  // of all constraints
  X helper_sum_;
  int constraint_ = 0;
};

}  // namespace cairn
