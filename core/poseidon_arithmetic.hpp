// The two sums that Poseidon spends its time on, over KoalaBear and over vectors:
//   apply_matrix(state)  the circulant of numbers up to 101: no product needs a reduction;
//   Dot<V>               sums of products with one Montgomery reduction at the end.
#pragma once

#include <cstdint>

#include "core/device.hpp"
#include "core/koala_bear.hpp"
#include "core/packed.hpp"
#include "core/poseidon_constants.hpp"

// On a device every index must be known, so that states stay in registers.
#if defined(__CUDA_ARCH__)
#define CAIRN_UNROLL _Pragma("unroll")
#else
#define CAIRN_UNROLL
#endif

namespace cairn::poseidon {

/// 2 p^2: a sum is kept below it, takes two products more (4 p^2 < 2^64) and is lowered again.
inline constexpr uint64_t kTwoSquares = 2 * uint64_t{KoalaBear::kModulus} * KoalaBear::kModulus;

/// The matrix entry of distance k = j - i.
HOST_DEVICE uint32_t small_entry(int k) {
  static constexpr uint32_t kRow[kWidth] = {1,   1,  51, 1, 11, 17, 2,  1,
                                            101, 63, 15, 2, 67, 22, 13, 3};
  return kRow[k & (kWidth - 1)];
}

HOST_DEVICE void apply_matrix(KoalaBear (&state)[kWidth]) {
  uint32_t x[kWidth];
  CAIRN_UNROLL
  for (int i = 0; i < kWidth; ++i) x[i] = state[i].montgomery();
  CAIRN_UNROLL
  for (int i = 0; i < kWidth; ++i) {
    uint64_t sum = 0;  // below 371 p < 2^40
    CAIRN_UNROLL
    for (int j = 0; j < kWidth; ++j) sum += uint64_t{small_entry(j - i)} * x[j];
    // 2^31 = 2^24 - 1 modulo p, twice: below 2^34, then below 2 p.
    constexpr uint64_t kLow = (uint64_t{1} << 31) - 1;
    sum = (sum & kLow) + (sum >> 31) * ((1u << 24) - 1);
    const uint32_t word =
        static_cast<uint32_t>(sum & kLow) + static_cast<uint32_t>(sum >> 31) * ((1u << 24) - 1);
    const uint32_t less = word - KoalaBear::kModulus;
    state[i] = KoalaBear::from_montgomery(less < word ? less : word);
  }
}

/// A sum of products of a variable (made ready by factor()) and a constant in Montgomery form.
template <class V>
class Dot {
 public:
  using Factor = uint32_t;
  HOST_DEVICE static Factor factor(KoalaBear x) { return x.montgomery(); }
  HOST_DEVICE void add(Factor x, uint32_t c) { lower(sum_ + uint64_t{x} * c); }
  HOST_DEVICE void add(Factor x, uint32_t c, Factor y, uint32_t d) {
    lower(sum_ + uint64_t{x} * c + uint64_t{y} * d);
  }
  HOST_DEVICE KoalaBear reduced() const {
    const uint32_t quotient = static_cast<uint32_t>(sum_) * 0x81000001u;
    const uint32_t high = static_cast<uint32_t>((uint64_t{quotient} * KoalaBear::kModulus) >> 32);
    const uint32_t difference = static_cast<uint32_t>(sum_ >> 32) - high;
    const uint32_t more = difference + KoalaBear::kModulus;
    return KoalaBear::from_montgomery(more < difference ? more : difference);
  }

 private:
  HOST_DEVICE void lower(uint64_t sum) {
    const uint64_t less = sum - kTwoSquares;
    sum_ = less < sum ? less : sum;
  }
  uint64_t sum_ = 0;
};

#if defined(CAIRN_SIMD_AVX512) || defined(CAIRN_SIMD_AVX2)

namespace CAIRN_SIMD {

using Lanes = cairn::CAIRN_SIMD::Lanes;
using Vector = Lanes::Vector;

/// What this file needs of a vector beyond core/packed.hpp.
struct Words {
#if defined(CAIRN_SIMD_AVX512)
  HOST_DEVICE static Vector multiply_pairs(Vector a, Vector b) { return _mm512_madd_epi16(a, b); }
  HOST_DEVICE static Vector multiply_high16(Vector a, Vector b) { return _mm512_mulhi_epu16(a, b); }
  HOST_DEVICE static Vector multiply_low16(Vector a, Vector b) { return _mm512_mullo_epi16(a, b); }
  template <int kBits>
  HOST_DEVICE static Vector left(Vector x) {
    return _mm512_slli_epi32(x, kBits);
  }
  template <int kBits>
  HOST_DEVICE static Vector right(Vector x) {
    return _mm512_srli_epi32(x, kBits);
  }
  /// The low halves of `low`'s words and the high halves of `high`'s.
  HOST_DEVICE static Vector halves(Vector low, Vector high) {
    return _mm512_mask_blend_epi16(0xaaaaaaaa, low, high);
  }
  HOST_DEVICE static Vector add_wide(Vector a, Vector b) { return _mm512_add_epi64(a, b); }
  HOST_DEVICE static Vector lower(Vector sum) {
    const Vector bound = _mm512_set1_epi64(static_cast<int64_t>(kTwoSquares));
    return _mm512_min_epu64(sum, _mm512_sub_epi64(sum, bound));
  }
#else
  HOST_DEVICE static Vector multiply_pairs(Vector a, Vector b) { return _mm256_madd_epi16(a, b); }
  HOST_DEVICE static Vector multiply_high16(Vector a, Vector b) { return _mm256_mulhi_epu16(a, b); }
  HOST_DEVICE static Vector multiply_low16(Vector a, Vector b) { return _mm256_mullo_epi16(a, b); }
  template <int kBits>
  HOST_DEVICE static Vector left(Vector x) {
    return _mm256_slli_epi32(x, kBits);
  }
  template <int kBits>
  HOST_DEVICE static Vector right(Vector x) {
    return _mm256_srli_epi32(x, kBits);
  }
  HOST_DEVICE static Vector halves(Vector low, Vector high) {
    return _mm256_blend_epi16(low, high, 0xaa);
  }
  HOST_DEVICE static Vector add_wide(Vector a, Vector b) { return _mm256_add_epi64(a, b); }
  /// A difference below zero has its top bit set; one of 2^63 or more cannot be (4 p^2 < 2^63 + 2
  /// p^2).
  HOST_DEVICE static Vector lower(Vector sum) {
    const Vector less =
        _mm256_sub_epi64(sum, _mm256_set1_epi64x(static_cast<int64_t>(kTwoSquares)));
    return _mm256_castpd_si256(_mm256_blendv_pd(_mm256_castsi256_pd(less), _mm256_castsi256_pd(sum),
                                                _mm256_castsi256_pd(less)));
  }
#endif
};

/// low + 2^16 high modulo p, for |low| < 2^24 (signed) and high < 2^24.
HOST_DEVICE Vector join_halves(Vector low, Vector high) {
  const Vector modulus = Lanes::broadcast(KoalaBear::kModulus);
  // q = floor((high / 2^8) / 127), or one less, so that 2^16 high - q p lies in [0, p + 2^24);
  // q p = 127 q 2^24 + q.
  const Vector quotient =
      Words::right<6>(Words::multiply_high16(Words::right<8>(high), Lanes::broadcast(33026)));
  const Vector multiple =
      Lanes::add(Words::left<24>(Words::multiply_low16(quotient, Lanes::broadcast(127))), quotient);
  const Vector sum = Lanes::add(Lanes::subtract(Words::left<16>(high), multiple), low);
  const Vector positive = Lanes::minimum(sum, Lanes::add(sum, modulus));
  return Lanes::minimum(positive, Lanes::subtract(positive, modulus));
}

/// By 16-bit halves, which one instruction multiplies and adds in pairs: x = low + 2^16 high with a
/// signed low half; sums of 16 products stay below 371 * 2^15 < 2^24.
HOST_DEVICE void apply_matrix(cairn::CAIRN_SIMD::PackedKoalaBear (&state)[kWidth]) {
  constexpr int kPairs = kWidth / 2;
  Vector low[kPairs], high[kPairs];  // of lanes 2k and 2k + 1
  const Vector half = Lanes::broadcast(0x8000);
  for (int k = 0; k < kPairs; ++k) {
    const Vector a = state[2 * k].vector(), b = state[2 * k + 1].vector();
    low[k] = Words::halves(a, Words::left<16>(b));
    high[k] = Words::halves(Words::right<16>(Lanes::add(a, half)), Lanes::add(b, half));
  }
  for (int i = 0; i < kWidth; ++i) {
    Vector low_sum = Lanes::broadcast(0), high_sum = Lanes::broadcast(0);
#pragma GCC unroll 8
    for (int k = 0; k < kPairs; ++k) {
      const Vector entries =
          Lanes::broadcast(small_entry(2 * k - i) | small_entry(2 * k + 1 - i) << 16);
      low_sum = Lanes::add(low_sum, Words::multiply_pairs(low[k], entries));
      high_sum = Lanes::add(high_sum, Words::multiply_pairs(high[k], entries));
    }
    state[i] = cairn::CAIRN_SIMD::PackedKoalaBear(join_halves(low_sum, high_sum));
  }
}

}  // namespace CAIRN_SIMD

using CAIRN_SIMD::apply_matrix;

template <>
class Dot<cairn::CAIRN_SIMD::PackedKoalaBear> {
 public:
  using V = cairn::CAIRN_SIMD::PackedKoalaBear;
  using Vector = CAIRN_SIMD::Vector;
  using Lanes = CAIRN_SIMD::Lanes;
  using Words = CAIRN_SIMD::Words;
  struct Factor {
    Vector even, odd;  // the even places hold the even and the odd lanes
  };

  HOST_DEVICE Dot() : even_(Lanes::broadcast(0)), odd_(Lanes::broadcast(0)) {}
  HOST_DEVICE static Factor factor(const V& x) {
    return {x.vector(), Lanes::odd_to_even(x.vector())};
  }
  HOST_DEVICE void add(const Factor& x, uint32_t c) {
    const Vector constant = Lanes::broadcast(c);
    even_ = Words::lower(Words::add_wide(even_, Lanes::multiply_even(x.even, constant)));
    odd_ = Words::lower(Words::add_wide(odd_, Lanes::multiply_even(x.odd, constant)));
  }
  HOST_DEVICE void add(const Factor& x, uint32_t c, const Factor& y, uint32_t d) {
    const Vector first = Lanes::broadcast(c), second = Lanes::broadcast(d);
    even_ =
        Words::lower(Words::add_wide(even_, Words::add_wide(Lanes::multiply_even(x.even, first),
                                                            Lanes::multiply_even(y.even, second))));
    odd_ =
        Words::lower(Words::add_wide(odd_, Words::add_wide(Lanes::multiply_even(x.odd, first),
                                                           Lanes::multiply_even(y.odd, second))));
  }
  HOST_DEVICE V reduced() const { return V(V::reduce(even_, odd_)); }

 private:
  Vector even_, odd_;
};

#endif

}  // namespace cairn::poseidon
