// sum_k e_k v_k for constants e_k of E and values v_k of a row: fingerprints and weighted
// constraints.
//
// Over base-field values the products are reduced once at the end (core/wide_sum.hpp); at the
// verifier's out-of-domain point, where values lie in E themselves, they are plain products.
#pragma once

#include "core/device.hpp"
#include "core/lanes.hpp"
#include "core/wide_sum.hpp"

namespace cairn {

/// V values of F, X = Quintic<V>.
template <class V, class X>
class ExtensionDot {
 public:
  HOST_DEVICE void add(const KoalaBear5& constant, const V& value) {
    using Sum = WideSum<V>;
    const auto factor = Sum::factor(value);
    for (int i = 0; i < kExtensionDegree; ++i) sum_[i].add(factor, Sum::broadcast(constant.c[i]));
  }
  /// The constant times a value of E: times its coefficient of X^i, each times X^i.
  HOST_DEVICE void add_extension(KoalaBear5 constant, const X& value) {
    for (int i = 0; i < kExtensionDegree; ++i) {
      add(constant, value.c[i]);
      constant = times_x(constant);
    }
  }
  HOST_DEVICE X value() const {
    return {sum_[0].reduced(), sum_[1].reduced(), sum_[2].reduced(), sum_[3].reduced(),
            sum_[4].reduced()};
  }
  HOST_DEVICE static X broadcast(const KoalaBear5& x) { return cairn::broadcast<V>(x); }

 private:
  WideSum<V> sum_[kExtensionDegree];
};

template <>
class ExtensionDot<KoalaBear5, KoalaBear5> {
 public:
  void add(const KoalaBear5& constant, const KoalaBear5& value) { sum_ += constant * value; }
  void add_extension(const KoalaBear5& constant, const KoalaBear5& value) { add(constant, value); }
  const KoalaBear5& value() const { return sum_; }
  static const KoalaBear5& broadcast(const KoalaBear5& x) { return x; }

 private:
  KoalaBear5 sum_ = KoalaBear5(0);
};

/// alpha + bus + sum_i gamma^i t_i, built coordinate by coordinate.
template <class V, class X>
struct Fingerprint {
  KoalaBear5 start;  // alpha + bus
  ExtensionDot<V, X> coordinates;

  HOST_DEVICE X value() const { return coordinates.value() + ExtensionDot<V, X>::broadcast(start); }
};

}  // namespace cairn
