// Transposes a square of vectors in registers.
#pragma once

#include "core/packed.hpp"

namespace cairn::CAIRN_SIMD {

#if defined(CAIRN_SIMD_AVX512)

/// Lane i of x[k] and lane k of x[i] change places.
[[gnu::always_inline]] inline void transpose(PackedKoalaBear (&x)[16]) {
  __m512i a[16], b[16];
#pragma GCC unroll 16
  for (int i = 0; i < 16; i += 2) {  // pairs of rows: 1 x 1 blocks inside 2 x 2
    a[i] = _mm512_unpacklo_epi32(x[i].vector(), x[i + 1].vector());
    a[i + 1] = _mm512_unpackhi_epi32(x[i].vector(), x[i + 1].vector());
  }
#pragma GCC unroll 4
  for (int i = 0; i < 16; i += 4) {  // b[i + j]: column j of each 4 x 4 block of rows i .. i + 3
    b[i] = _mm512_unpacklo_epi64(a[i], a[i + 2]);
    b[i + 1] = _mm512_unpackhi_epi64(a[i], a[i + 2]);
    b[i + 2] = _mm512_unpacklo_epi64(a[i + 1], a[i + 3]);
    b[i + 3] = _mm512_unpackhi_epi64(a[i + 1], a[i + 3]);
  }
#pragma GCC unroll 4
  for (int j = 0; j < 4; ++j) {  // 4 x 4 blocks of quarters
    const __m512i p = _mm512_shuffle_i32x4(b[j], b[4 + j], 0x88);
    const __m512i q = _mm512_shuffle_i32x4(b[8 + j], b[12 + j], 0x88);
    const __m512i r = _mm512_shuffle_i32x4(b[j], b[4 + j], 0xdd);
    const __m512i s = _mm512_shuffle_i32x4(b[8 + j], b[12 + j], 0xdd);
    x[j] = PackedKoalaBear(_mm512_shuffle_i32x4(p, q, 0x88));
    x[8 + j] = PackedKoalaBear(_mm512_shuffle_i32x4(p, q, 0xdd));
    x[4 + j] = PackedKoalaBear(_mm512_shuffle_i32x4(r, s, 0x88));
    x[12 + j] = PackedKoalaBear(_mm512_shuffle_i32x4(r, s, 0xdd));
  }
}

#elif defined(CAIRN_SIMD_AVX2)

/// Lane i of x[k] and lane k of x[i] change places.
[[gnu::always_inline]] inline void transpose(PackedKoalaBear (&x)[8]) {
  __m256i a[8], b[8];
#pragma GCC unroll 8
  for (int i = 0; i < 8; i += 2) {
    a[i] = _mm256_unpacklo_epi32(x[i].vector(), x[i + 1].vector());
    a[i + 1] = _mm256_unpackhi_epi32(x[i].vector(), x[i + 1].vector());
  }
#pragma GCC unroll 2
  for (int i = 0; i < 8; i += 4) {
    b[i] = _mm256_unpacklo_epi64(a[i], a[i + 2]);
    b[i + 1] = _mm256_unpackhi_epi64(a[i], a[i + 2]);
    b[i + 2] = _mm256_unpacklo_epi64(a[i + 1], a[i + 3]);
    b[i + 3] = _mm256_unpackhi_epi64(a[i + 1], a[i + 3]);
  }
#pragma GCC unroll 4
  for (int j = 0; j < 4; ++j) {
    x[j] = PackedKoalaBear(_mm256_permute2x128_si256(b[j], b[4 + j], 0x20));
    x[4 + j] = PackedKoalaBear(_mm256_permute2x128_si256(b[j], b[4 + j], 0x31));
  }
}

#else

[[gnu::always_inline]] inline void transpose(PackedKoalaBear (&)[1]) {}

#endif

}  // namespace cairn::CAIRN_SIMD
