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
#include "core/lanes.hpp"
#include "core/packed.hpp"

namespace cairn {

inline constexpr uint64_t kTwoSquares = 2 * uint64_t{KoalaBear::kModulus} * KoalaBear::kModulus;

/// One lane. Factors are operands made ready; adding up is exact in any order.
template <class V>
class WideSum {
 public:
  static_assert(kLaneCount<V> == 1, "wider types have their own specialization below");
  using Factor = uint32_t;

  HOST_DEVICE static Factor factor(const V& x) {
    KoalaBear lane;
    store_lanes(&lane, x);
    return lane.montgomery();
  }
  HOST_DEVICE static Factor broadcast(KoalaBear x) { return x.montgomery(); }

  HOST_DEVICE void add(Factor a, Factor b) { lower(sum_ + product(a, b)); }
  HOST_DEVICE void add(Factor a, Factor b, Factor c, Factor d) {
    lower(sum_ + product(a, b) + product(c, d));
  }
  HOST_DEVICE V reduced() const {
    const uint32_t quotient = static_cast<uint32_t>(sum_) * 0x81000001u;  // p^-1 mod 2^32
    const auto high = static_cast<uint32_t>((uint64_t{quotient} * KoalaBear::kModulus) >> 32);
    const uint32_t difference = static_cast<uint32_t>(sum_ >> 32) - high;
    const uint32_t more = difference + KoalaBear::kModulus;
    const KoalaBear lane = KoalaBear::from_montgomery(more < difference ? more : difference);
    return load_lanes<V>(&lane);
  }

 private:
  HOST_DEVICE static uint64_t product(Factor a, Factor b) { return uint64_t{a} * b; }
  HOST_DEVICE void lower(uint64_t sum) {
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
  HOST_DEVICE V reduced() const { return V(V::reduce(even_, odd_)); }

 private:
#if defined(CAIRN_SIMD_AVX512)
  HOST_DEVICE static Vector add_wide(Vector a, Vector b) { return _mm512_add_epi64(a, b); }
  HOST_DEVICE static Vector lower(Vector sum) {
    const Vector bound = _mm512_set1_epi64(static_cast<int64_t>(kTwoSquares));
    return _mm512_min_epu64(sum, _mm512_sub_epi64(sum, bound));
  }
#else
  HOST_DEVICE static Vector add_wide(Vector a, Vector b) { return _mm256_add_epi64(a, b); }
  /// AVX2 has no unsigned minimum of 64-bit lanes. A difference below zero has its top bit set; one
  /// of 2^63 or more cannot be, since sums are below 4 p^2 < 2^63 + 2 p^2.
  HOST_DEVICE static Vector lower(Vector sum) {
    const Vector less =
        _mm256_sub_epi64(sum, _mm256_set1_epi64x(static_cast<int64_t>(kTwoSquares)));
    return _mm256_castpd_si256(_mm256_blendv_pd(_mm256_castsi256_pd(less), _mm256_castsi256_pd(sum),
                                                _mm256_castsi256_pd(less)));
  }
#endif

  Vector even_, odd_;
};

#endif

}  // namespace cairn
