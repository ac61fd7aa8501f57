// Gives the fractions of a row under known challenges, pair by pair: what the helper columns are
// made of.
#pragma once

#include "air/lookup_evaluator.hpp"

namespace cairn {

/// `Access` as LookupEvaluator needs it. The sink gets pair(j, numerator, denominator).
template <class Chip, class V, class X, class Access, class Sink>
class FractionEvaluator
    : public LookupEvaluator<FractionEvaluator<Chip, V, X, Access, Sink>, Chip, V, X, Access> {
 public:
  HOST_DEVICE FractionEvaluator(const Access& access, Sink& sink)
      : FractionEvaluator::LookupEvaluator(access), sink_(sink) {}

  // Only constraints read these.
  HOST_DEVICE V next(int) { return V(int64_t{0}); }
  HOST_DEVICE V is_first() { return V(int64_t{0}); }
  HOST_DEVICE V is_last() { return V(int64_t{0}); }
  HOST_DEVICE V except_last() { return V(int64_t{0}); }
  HOST_DEVICE void zero(const V&, const char* = nullptr) {}

  HOST_DEVICE void pair(int j, const X& numerator, const X& denominator) {
    sink_.pair(j, numerator, denominator);
  }

 private:
  Sink& sink_;
};

}  // namespace cairn
