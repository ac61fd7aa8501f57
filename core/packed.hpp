// PackedKoalaBear: as many base-field elements as one vector register holds.
//
// A file that uses it is compiled once per instruction set, with CAIRN_SIMD set to avx512, avx2 or
// scalar and the compiler's flags to match (kernels/CMakeLists.txt); everything that depends on the
// width lives in namespace cairn::CAIRN_SIMD, and the set is chosen at run time. All lanes hold
// Montgomery forms, fully reduced, as KoalaBear does.
#pragma once

#include <cstdint>

#if defined(CAIRN_SIMD_AVX512) || defined(CAIRN_SIMD_AVX2)
#include <immintrin.h>
#endif

#include "core/device.hpp"
#include "core/koala_bear.hpp"

#if defined(CAIRN_SIMD_AVX512)
#define CAIRN_SIMD avx512
#elif defined(CAIRN_SIMD_AVX2)
#define CAIRN_SIMD avx2
#else
#define CAIRN_SIMD scalar
#endif

namespace cairn::CAIRN_SIMD {

#if defined(CAIRN_SIMD_AVX512) || defined(CAIRN_SIMD_AVX2)

#if defined(CAIRN_SIMD_AVX512)
struct Lanes {
  using Vector = __m512i;
  static constexpr int kWidth = 16;
  HOST_DEVICE static Vector broadcast(uint32_t x) { return _mm512_set1_epi32(static_cast<int>(x)); }
  HOST_DEVICE static Vector load(const void* p) { return _mm512_loadu_si512(p); }
  HOST_DEVICE static void store(void* p, Vector x) { _mm512_storeu_si512(p, x); }
  HOST_DEVICE static Vector add(Vector a, Vector b) { return _mm512_add_epi32(a, b); }
  HOST_DEVICE static Vector subtract(Vector a, Vector b) { return _mm512_sub_epi32(a, b); }
  HOST_DEVICE static Vector minimum(Vector a, Vector b) { return _mm512_min_epu32(a, b); }
  /// 32 x 32 -> 64 bit products of the even lanes.
  HOST_DEVICE static Vector multiply_even(Vector a, Vector b) { return _mm512_mul_epu32(a, b); }
  /// Moves odd lanes to even places (the odd places are not specified).
  HOST_DEVICE static Vector odd_to_even(Vector a) {
    return _mm512_castps_si512(_mm512_movehdup_ps(_mm512_castsi512_ps(a)));
  }
  /// High halves of 64-bit products: those of `even` moved down, in one instruction with the blend.
  HOST_DEVICE static Vector high_halves(Vector even, Vector odd) {
    return _mm512_castps_si512(
        _mm512_mask_movehdup_ps(_mm512_castsi512_ps(odd), 0x5555, _mm512_castsi512_ps(even)));
  }
  /// Of 64-bit words, as are all called wide.
  HOST_DEVICE static Vector broadcast_wide(uint64_t x) {
    return _mm512_set1_epi64(static_cast<int64_t>(x));
  }
  HOST_DEVICE static Vector add_wide(Vector a, Vector b) { return _mm512_add_epi64(a, b); }
  HOST_DEVICE static Vector subtract_wide(Vector a, Vector b) { return _mm512_sub_epi64(a, b); }
  /// Sums less the bound, of those that reach it; they are below the bound + 2^63.
  HOST_DEVICE static Vector lower_wide(Vector sum, uint64_t bound) {
    return _mm512_min_epu64(sum, subtract_wide(sum, broadcast_wide(bound)));
  }
};
#else
struct Lanes {
  using Vector = __m256i;
  static constexpr int kWidth = 8;
  HOST_DEVICE static Vector broadcast(uint32_t x) { return _mm256_set1_epi32(static_cast<int>(x)); }
  HOST_DEVICE static Vector load(const void* p) {
    return _mm256_loadu_si256(static_cast<const __m256i*>(p));
  }
  HOST_DEVICE static void store(void* p, Vector x) {
    _mm256_storeu_si256(static_cast<__m256i*>(p), x);
  }
  HOST_DEVICE static Vector add(Vector a, Vector b) { return _mm256_add_epi32(a, b); }
  HOST_DEVICE static Vector subtract(Vector a, Vector b) { return _mm256_sub_epi32(a, b); }
  HOST_DEVICE static Vector minimum(Vector a, Vector b) { return _mm256_min_epu32(a, b); }
  HOST_DEVICE static Vector multiply_even(Vector a, Vector b) { return _mm256_mul_epu32(a, b); }
  HOST_DEVICE static Vector odd_to_even(Vector a) {
    return _mm256_castps_si256(_mm256_movehdup_ps(_mm256_castsi256_ps(a)));
  }
  HOST_DEVICE static Vector high_halves(Vector even, Vector odd) {
    return _mm256_blend_epi32(odd_to_even(even), odd, 0xaa);
  }
  HOST_DEVICE static Vector broadcast_wide(uint64_t x) {
    return _mm256_set1_epi64x(static_cast<int64_t>(x));
  }
  HOST_DEVICE static Vector add_wide(Vector a, Vector b) { return _mm256_add_epi64(a, b); }
  HOST_DEVICE static Vector subtract_wide(Vector a, Vector b) { return _mm256_sub_epi64(a, b); }
  /// AVX2 has no unsigned minimum of 64-bit words: a difference below zero has its top bit set.
  HOST_DEVICE static Vector lower_wide(Vector sum, uint64_t bound) {
    const Vector less = subtract_wide(sum, broadcast_wide(bound));
    return _mm256_castpd_si256(_mm256_blendv_pd(_mm256_castsi256_pd(less), _mm256_castsi256_pd(sum),
                                                _mm256_castsi256_pd(less)));
  }
};
#endif

class PackedKoalaBear {
 public:
  using Vector = Lanes::Vector;
  static constexpr int kWidth = Lanes::kWidth;

  PackedKoalaBear() = default;
  HOST_DEVICE PackedKoalaBear(KoalaBear x)  // NOLINT(google-explicit-constructor): a broadcast
      : vector_(Lanes::broadcast(x.montgomery())) {}
  HOST_DEVICE PackedKoalaBear(int64_t x)  // NOLINT(google-explicit-constructor)
      : PackedKoalaBear(KoalaBear(x)) {}
  HOST_DEVICE explicit PackedKoalaBear(Vector vector) : vector_(vector) {}

  HOST_DEVICE static PackedKoalaBear load(const KoalaBear* p) {
    return PackedKoalaBear(Lanes::load(p));
  }
  HOST_DEVICE void store(KoalaBear* p) const { Lanes::store(p, vector_); }
  HOST_DEVICE Vector vector() const { return vector_; }

  HOST_DEVICE friend PackedKoalaBear operator+(PackedKoalaBear a, PackedKoalaBear b) {
    const Vector sum = Lanes::add(a.vector_, b.vector_);
    return PackedKoalaBear(Lanes::minimum(sum, Lanes::subtract(sum, modulus())));
  }
  HOST_DEVICE friend PackedKoalaBear operator-(PackedKoalaBear a, PackedKoalaBear b) {
    const Vector difference = Lanes::subtract(a.vector_, b.vector_);
    return PackedKoalaBear(Lanes::minimum(difference, Lanes::add(difference, modulus())));
  }
  HOST_DEVICE friend PackedKoalaBear operator*(PackedKoalaBear a, PackedKoalaBear b) {
    const Vector even = Lanes::multiply_even(a.vector_, b.vector_);
    const Vector odd =
        Lanes::multiply_even(Lanes::odd_to_even(a.vector_), Lanes::odd_to_even(b.vector_));
    return PackedKoalaBear(reduce(even, odd));
  }
  HOST_DEVICE PackedKoalaBear operator-() const { return PackedKoalaBear(KoalaBear(0)) - *this; }
  HOST_DEVICE PackedKoalaBear& operator+=(PackedKoalaBear b) { return *this = *this + b; }
  HOST_DEVICE PackedKoalaBear& operator-=(PackedKoalaBear b) { return *this = *this - b; }
  HOST_DEVICE PackedKoalaBear& operator*=(PackedKoalaBear b) { return *this = *this * b; }

  HOST_DEVICE PackedKoalaBear power(uint64_t exponent) const {
    PackedKoalaBear result(KoalaBear(1));
    PackedKoalaBear square = *this;
    for (; exponent != 0; exponent >>= 1) {
      if ((exponent & 1) != 0) result *= square;
      square *= square;
    }
    return result;
  }
  /// Lane-wise inverse; zero for zero.
  HOST_DEVICE PackedKoalaBear inverse() const { return inverse_by_power(*this); }

  /// Montgomery reduction of 64-bit products, each below 2^32 p: `even` holds the even lanes',
  /// `odd` the odd lanes'. Gives fully reduced lanes.
  HOST_DEVICE static Vector reduce(Vector even, Vector odd) {
    const Vector inverse = Lanes::broadcast(0x81000001u);
    const Vector even_quotient = Lanes::multiply_even(even, inverse);
    const Vector odd_quotient = Lanes::multiply_even(odd, inverse);
    const Vector quotients_high = Lanes::high_halves(Lanes::multiply_even(even_quotient, modulus()),
                                                     Lanes::multiply_even(odd_quotient, modulus()));
    const Vector difference = Lanes::subtract(Lanes::high_halves(even, odd), quotients_high);
    return Lanes::minimum(difference, Lanes::add(difference, modulus()));
  }

 private:
  HOST_DEVICE static Vector modulus() { return Lanes::broadcast(KoalaBear::kModulus); }

  Vector vector_;
};

#else

/// One lane: the portable form, and the oracle of the others.
class PackedKoalaBear {
 public:
  static constexpr int kWidth = 1;

  PackedKoalaBear() = default;
  HOST_DEVICE constexpr PackedKoalaBear(KoalaBear x)
      : x_(x) {}  // NOLINT(google-explicit-constructor)
  HOST_DEVICE constexpr PackedKoalaBear(int64_t x)
      : x_(KoalaBear(x)) {}  // NOLINT(google-explicit-constructor)

  HOST_DEVICE static PackedKoalaBear load(const KoalaBear* p) { return PackedKoalaBear(*p); }
  HOST_DEVICE void store(KoalaBear* p) const { *p = x_; }
  HOST_DEVICE static constexpr PackedKoalaBear from_montgomery(uint32_t bits) {
    return PackedKoalaBear(KoalaBear::from_montgomery(bits));
  }
  HOST_DEVICE constexpr uint32_t montgomery() const { return x_.montgomery(); }

  HOST_DEVICE friend PackedKoalaBear operator+(PackedKoalaBear a, PackedKoalaBear b) {
    return PackedKoalaBear(a.x_ + b.x_);
  }
  HOST_DEVICE friend PackedKoalaBear operator-(PackedKoalaBear a, PackedKoalaBear b) {
    return PackedKoalaBear(a.x_ - b.x_);
  }
  HOST_DEVICE friend PackedKoalaBear operator*(PackedKoalaBear a, PackedKoalaBear b) {
    return PackedKoalaBear(a.x_ * b.x_);
  }
  HOST_DEVICE PackedKoalaBear operator-() const { return PackedKoalaBear(-x_); }
  HOST_DEVICE PackedKoalaBear& operator+=(PackedKoalaBear b) { return *this = *this + b; }
  HOST_DEVICE PackedKoalaBear& operator-=(PackedKoalaBear b) { return *this = *this - b; }
  HOST_DEVICE PackedKoalaBear& operator*=(PackedKoalaBear b) { return *this = *this * b; }
  HOST_DEVICE PackedKoalaBear power(uint64_t exponent) const { return {x_.power(exponent)}; }
  HOST_DEVICE PackedKoalaBear inverse() const { return {x_.inverse()}; }

 private:
  KoalaBear x_;
};

#endif

}  // namespace cairn::CAIRN_SIMD
