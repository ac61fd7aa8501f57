// Vectors of 32-bit words as core/poseidon_lanes.hpp needs them beyond core/packed.hpp, for the
// instruction set that a source is compiled for: Avx2Words, Avx512Words, and Avx512SumWords, with
// the instructions that multiply and add in one (AVX512_VNNI, AVX512_IFMA).
#pragma once

#include <cstdint>

#include <immintrin.h>

#include "core/device.hpp"
#include "core/koala_bear.hpp"
#include "core/packed.hpp"
#include "core/wide_sum.hpp"

namespace cairn::poseidon {

/// Sums of products of 32-bit words with constants below p, where nothing better is at hand: kept
/// below 2 p^2, to which a product below p^2 is added before it is lowered again.
template <class W>
struct WideSum {
  using Vector = typename W::Vector;

  /// Words in [0, p).
  struct Factor {
    Factor() = default;
    /// Of words in [0, 2 p).
    HOST_DEVICE explicit Factor(Vector x)
        : even(W::minimum(x, W::subtract(x, W::broadcast(KoalaBear::kModulus)))),
          odd(W::odd_to_even(even)) {}
    Vector even, odd;  // even words, and odd words at even places
  };

  WideSum() = default;
  HOST_DEVICE explicit WideSum(uint64_t begin) : even(W::broadcast_wide(begin)), odd(even) {}
  HOST_DEVICE void add(const Factor& x, uint64_t factor) {
    const Vector constant = W::broadcast_wide(factor);
    even = W::lower_wide(W::add_wide(even, W::multiply_even(x.even, constant)), kTwoSquares);
    odd = W::lower_wide(W::add_wide(odd, W::multiply_even(x.odd, constant)), kTwoSquares);
  }
  /// The sum times 2^-32, within p of zero: p^2 is subtracted from it first.
  HOST_DEVICE Vector reduced(Vector inverse, Vector modulus) const {
    const Vector square = W::multiply(modulus, modulus);
    const Vector e = W::subtract_wide(even, square), o = W::subtract_wide(odd, square);
    const Vector even_multiple = W::multiply(W::multiply(e, inverse), modulus);
    const Vector odd_multiple = W::multiply(W::multiply(o, inverse), modulus);
    return W::subtract(W::high_halves(e, o), W::high_halves(even_multiple, odd_multiple));
  }
  Vector even, odd;
};

#if defined(CAIRN_SIMD_AVX2)

struct Avx2Words : CAIRN_SIMD::Lanes {
  using Sum = WideSum<Avx2Words>;
  using Factor = Sum::Factor;

  HOST_DEVICE static Vector exclusive_or(Vector a, Vector b) { return _mm256_xor_si256(a, b); }
  HOST_DEVICE static Vector multiply(Vector a, Vector b) { return _mm256_mul_epi32(a, b); }
  HOST_DEVICE static Vector low_halves(Vector a, Vector b) {
    return _mm256_blend_epi16(a, _mm256_slli_epi32(b, 16), 0xaa);
  }
  HOST_DEVICE static Vector upper_halves(Vector a, Vector b) {
    return _mm256_blend_epi16(_mm256_srli_epi32(a, 16), b, 0xaa);
  }
  HOST_DEVICE static Vector add_pairs(Vector sum, Vector a, Vector b) {
    return _mm256_add_epi32(sum, _mm256_madd_epi16(a, b));
  }
};

#endif

#if defined(CAIRN_SIMD_AVX512)

struct Avx512Words : CAIRN_SIMD::Lanes {
  using Sum = WideSum<Avx512Words>;
  using Factor = Sum::Factor;

  HOST_DEVICE static Vector exclusive_or(Vector a, Vector b) { return _mm512_xor_si512(a, b); }
  /// Products of the even words, signed.
  HOST_DEVICE static Vector multiply(Vector a, Vector b) { return _mm512_mul_epi32(a, b); }
  /// Low 16 bits of a's words, below those of b's.
  HOST_DEVICE static Vector low_halves(Vector a, Vector b) {
    return _mm512_mask_blend_epi16(0xaaaaaaaa, a, _mm512_slli_epi32(b, 16));
  }
  /// High 16 bits of a's words, below those of b's.
  HOST_DEVICE static Vector upper_halves(Vector a, Vector b) {
    return _mm512_mask_blend_epi16(0xaaaaaaaa, _mm512_srli_epi32(a, 16), b);
  }
  /// Adds the two products of signed 16-bit halves to each word.
  HOST_DEVICE static Vector add_pairs(Vector sum, Vector a, Vector b) {
    return _mm512_add_epi32(sum, _mm512_madd_epi16(a, b));
  }
};

#if defined(__AVX512VNNI__) && defined(__AVX512IFMA__)

/// Products of up to 32 by 31 bits, their low 52 bits and what is above added up apart: 2^12
/// products fit, and nothing is lowered.
struct SplitSum {
  using Vector = __m512i;

  struct Factor {
    Factor() = default;
    HOST_DEVICE explicit Factor(Vector x)
        : even(_mm512_and_si512(x, Avx512Words::broadcast_wide(0xffffffff))),
          odd(_mm512_srli_epi64(x, 32)) {}
    Vector even, odd;  // one word in 64 bits
  };

  SplitSum() = default;
  HOST_DEVICE explicit SplitSum(uint64_t begin)
      : even(Avx512Words::broadcast_wide(begin)),
        odd(even),
        even_high(_mm512_setzero_si512()),
        odd_high(_mm512_setzero_si512()) {}
  HOST_DEVICE void add(const Factor& x, uint64_t factor) {
    const Vector constant = Avx512Words::broadcast_wide(factor);
    even = _mm512_madd52lo_epu64(even, x.even, constant);
    odd = _mm512_madd52lo_epu64(odd, x.odd, constant);
    even_high = _mm512_madd52hi_epu64(even_high, x.even, constant);
    odd_high = _mm512_madd52hi_epu64(odd_high, x.odd, constant);
  }
  HOST_DEVICE Vector reduced(Vector inverse, Vector modulus) const;
  Vector even, odd, even_high, odd_high;
};

struct Avx512SumWords : Avx512Words {
  using Sum = SplitSum;
  using Factor = Sum::Factor;
  HOST_DEVICE static Vector add_pairs(Vector sum, Vector a, Vector b) {
    return _mm512_dpwssd_epi32(sum, a, b);
  }
};

/// The sum times 2^-32, kSplitSumBound from zero at most: what is above the low 52 bits comes in as
/// 2^52 mod p for each 2^52, a product below 2^52.
HOST_DEVICE SplitSum::Vector SplitSum::reduced(Vector inverse, Vector modulus) const {
  using W = Avx512Words;
  const Vector radix = W::broadcast_wide((uint64_t{1} << 52) % KoalaBear::kModulus);
  const Vector e = _mm512_madd52lo_epu64(even, even_high, radix);
  const Vector o = _mm512_madd52lo_epu64(odd, odd_high, radix);
  const Vector even_multiple = W::multiply(W::multiply(e, inverse), modulus);
  const Vector odd_multiple = W::multiply(W::multiply(o, inverse), modulus);
  return W::subtract(W::high_halves(e, o), W::high_halves(even_multiple, odd_multiple));
}

#endif
#endif

}  // namespace cairn::poseidon
