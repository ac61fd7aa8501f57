// A product modulo the Cairo prime P in limbs of 9 bits (design: cairo-air.md 6.2).
//
// With X = 2^9 and z = a b - c as polynomials in X, T = 2 X^7 + X + 32 satisfies X^21 T = -4 and
// 4 X^28 = -(64 X^21 + 2 X^22 + 8) modulo P; F is T z folded by these to 28 coefficients, F = T (a
// b - c) modulo P, and T is invertible. The row holds k and carries with F = k P over the integers:
// F[i] + carry[i-1] - k P[i] = 2^9 carry[i].
//
// Soundness: k and the carries lie in [-2^17, 2^19 - 2^17), |F[i]| < 2^27.5, so each identity's
// sides differ by less than p (a test recomputes the bounds from fold()) and hold over the
// integers.
#pragma once

#include "air/chips/limbs.hpp"

namespace cairn {

inline constexpr int kProductCoefficients = 2 * kLimbs9 - 1;

/// k and the carries are checked by RANGE of this width after adding the bias. Honest values: k in
/// [-28628, 45096], carries in [-57263, 367886].
inline constexpr int kProductCarryBits = 19;
inline constexpr int kProductCarryBias = 1 << 17;

/// F from z: coefficient j of T z lands where the two identities say.
template <class V>
HOST_DEVICE constexpr Array<V, kLimbs9> fold_product(const Array<V, kProductCoefficients>& z) {
  Array<V, kLimbs9> f{};
  for (int i = 0; i < kLimbs9; ++i) {
    f[i] = z[i + 21] * -4;
    if (i < 21) f[i] += z[i] * 32;
    if (i >= 1 && i < 22) f[i] += z[i - 1];
    if (i >= 7) f[i] += z[i - 7] * 2;
    if (i < 6) f[i] += z[i + 49] * 8;
    if (i >= 21 && i < 27) f[i] += z[i + 28] * 64;
    if (i >= 22) f[i] += z[i + 27] * 2;
  }
  return f;
}

/// F of a b - c.
template <class V>
HOST_DEVICE constexpr Array<V, kLimbs9> folded_product(const Array<V, kLimbs9>& a,
                                                       const Array<V, kLimbs9>& b,
                                                       const Array<V, kLimbs9>& c) {
  Array<V, kProductCoefficients> z{};
  for (int i = 0; i < kProductCoefficients; ++i) {
    const int first = i < kLimbs9 ? 0 : i - kLimbs9 + 1;
    V sum = a[first] * b[i - first];
    for (int j = first + 1; j < kLimbs9 && j <= i; ++j) sum += a[j] * b[i - j];
    z[i] = i < kLimbs9 ? sum - c[i] : sum;
  }
  return fold_product(z);
}

/// The witness of one product.
template <class T>
struct ProductWitness {
  T k;
  Array<T, kLimbs9 - 1> carry;
};

/// Constrains a b = c modulo P, given that all limbs are below 2^9.
template <class E, class V>
HOST_DEVICE constexpr void check_product(E& e, const V& en, const Array<V, kLimbs9>& a,
                                         const Array<V, kLimbs9>& b, const Array<V, kLimbs9>& c,
                                         const ProductWitness<V>& w) {
  const Array<V, kLimbs9> f = folded_product<V>(a, b, c);
  for (int i = 0; i < kLimbs9; ++i) {
    V sum = f[i];
    if (i > 0) sum += w.carry[i - 1];
    if (prime_limb9(i) != 0) sum -= w.k * prime_limb9(i);
    if (i < kLimbs9 - 1) sum -= w.carry[i] * (1 << 9);
    e.zero(sum, "folded product is k P");
  }
  e.range(kProductCarryBits, en, w.k + kProductCarryBias);
  for (int i = 0; i < kLimbs9 - 1; ++i) {
    e.range(kProductCarryBits, en, w.carry[i] + kProductCarryBias);
  }
}

/// The witness for a b = c modulo P.
HOST_DEVICE ProductWitness<KoalaBear> product_witness(const Felt& a, const Felt& b, const Felt& c) {
  Array<int64_t, kLimbs9> x, y, z;
  for (int i = 0; i < kLimbs9; ++i) x[i] = a.limb9(i);
  for (int i = 0; i < kLimbs9; ++i) y[i] = b.limb9(i);
  for (int i = 0; i < kLimbs9; ++i) z[i] = c.limb9(i);
  const Array<int64_t, kLimbs9> f = folded_product<int64_t>(x, y, z);
  // F / 512^24 = k 2^35 + less than 2^20: the four top coefficients give k.
  const int64_t top = (f[27] << 27) + (f[26] << 18) + (f[25] << 9) + f[24];
  const int64_t k = (top + (int64_t{1} << 34)) >> 35;
  ProductWitness<KoalaBear> w;
  w.k = k;
  int64_t carry = 0;
  for (int i = 0; i < kLimbs9 - 1; ++i) {
    carry = (f[i] + carry - k * prime_limb9(i)) >> 9;
    w.carry[i] = carry;
  }
  return w;
}

}  // namespace cairn
