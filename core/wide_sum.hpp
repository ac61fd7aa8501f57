// Sums of products with one Montgomery reduction at the end instead of one per product.
//
// Let p be the modulus. A sum is kept below 2 p^2 < 2^63: two products are added to it, which stays
// below 4 p^2 < 2^64, and 2 p^2 is taken away if it can be: min(s, s - 2 p^2) in unsigned words. 2
// p^2 is also below 2^32 p, so that the sum can be reduced at any time. A product costs three
// vector operations for half the lanes this way, a reduced one six.
#pragma once

#include <cstdint>

#include "core/device.hpp"
#include "core/koala_bear.hpp"
#include "core/packed.hpp"

namespace cairn {

inline constexpr uint64_t kTwoSquares = 2 * uint64_t{KoalaBear::kModulus} * KoalaBear::kModulus;

/// One lane. Factors are operands made ready; adding up is exact in any order.
template <class V>
class WideSum {
 public:
  using Factor = uint32_t;

  HOST_DEVICE static constexpr Factor factor(const V& x) { return x.montgomery(); }
  HOST_DEVICE static constexpr Factor broadcast(KoalaBear x) { return x.montgomery(); }

  HOST_DEVICE constexpr void add(Factor a, Factor b) { lower(sum_ + product(a, b)); }
  HOST_DEVICE constexpr void add(Factor a, Factor b, Factor c, Factor d) {
    lower(sum_ + product(a, b) + product(c, d));
  }
  /// Adds a_0 b_0 + ... + a_4 b_4; what was there before must be nothing.
  HOST_DEVICE constexpr void add_five(const Factor* a, const Factor& b0, const Factor& b1,
                                      const Factor& b2, const Factor& b3, const Factor& b4) {
    lower(product(a[0], b0) + product(a[1], b1) + product(a[2], b2) + product(a[3], b3));
    add(a[4], b4);
  }
  HOST_DEVICE constexpr V reduced() const { return V::from_montgomery(KoalaBear::reduce(sum_)); }

 private:
  HOST_DEVICE static constexpr uint64_t product(Factor a, Factor b) { return uint64_t{a} * b; }
  HOST_DEVICE constexpr void lower(uint64_t sum) {
    const uint64_t less = sum - kTwoSquares;
    sum_ = less < sum ? less : sum;
  }

  uint64_t sum_ = 0;
};

#if defined(CAIRN_SIMD_AVX512) || defined(CAIRN_SIMD_AVX2)

template <>
class WideSum<CAIRN_SIMD::PackedKoalaBear> {
 public:
  using V = CAIRN_SIMD::PackedKoalaBear;
  using Lanes = CAIRN_SIMD::Lanes;
  using Vector = Lanes::Vector;
  struct Factor {
    Vector even, odd;  // the even places hold the even and the odd lanes
  };

  HOST_DEVICE WideSum() : even_(Lanes::broadcast(0)), odd_(Lanes::broadcast(0)) {}
  HOST_DEVICE static Factor factor(const V& x) {
    return {x.vector(), Lanes::odd_to_even(x.vector())};
  }
  HOST_DEVICE static Factor broadcast(KoalaBear x) {
    const Vector lanes = Lanes::broadcast(x.montgomery());
    return {lanes, lanes};
  }

  HOST_DEVICE void add(const Factor& a, const Factor& b) {
    even_ = lower(add_wide(even_, Lanes::multiply_even(a.even, b.even)));
    odd_ = lower(add_wide(odd_, Lanes::multiply_even(a.odd, b.odd)));
  }
  HOST_DEVICE void add(const Factor& a, const Factor& b, const Factor& c, const Factor& d) {
    even_ = lower(add_wide(add_wide(even_, Lanes::multiply_even(a.even, b.even)),
                           Lanes::multiply_even(c.even, d.even)));
    odd_ = lower(add_wide(add_wide(odd_, Lanes::multiply_even(a.odd, b.odd)),
                          Lanes::multiply_even(c.odd, d.odd)));
  }
  HOST_DEVICE void add_five(const Factor* a, const Factor& b0, const Factor& b1, const Factor& b2,
                            const Factor& b3, const Factor& b4) {
    even_ = four(a[0].even, b0.even, a[1].even, b1.even, a[2].even, b2.even, a[3].even, b3.even);
    odd_ = four(a[0].odd, b0.odd, a[1].odd, b1.odd, a[2].odd, b2.odd, a[3].odd, b3.odd);
    add(a[4], b4);
  }
  HOST_DEVICE V reduced() const { return V(V::reduce(even_, odd_)); }

 private:
  HOST_DEVICE static Vector four(Vector a, Vector b, Vector c, Vector d, Vector e, Vector f,
                                 Vector g, Vector h) {
    return lower(add_wide(add_wide(Lanes::multiply_even(a, b), Lanes::multiply_even(c, d)),
                          add_wide(Lanes::multiply_even(e, f), Lanes::multiply_even(g, h))));
  }
  HOST_DEVICE static Vector add_wide(Vector a, Vector b) { return Lanes::add_wide(a, b); }
  /// Sums are below 4 p^2 < 2 p^2 + 2^63.
  HOST_DEVICE static Vector lower(Vector sum) { return Lanes::lower_wide(sum, kTwoSquares); }

  Vector even_, odd_;
};

#endif

}  // namespace cairn
