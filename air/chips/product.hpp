// Identities modulo the Cairo prime P between products of values in limbs of 9 bits (design:
// cairo-air.md 6.2): a b = c, or any sum of products and multiples of values that is 0 modulo P.
//
// With X = 2^9 and z the sum as a polynomial in X, T = 2 X^7 + X + 32 satisfies X^21 T = -4 and
// 4 X^28 = -(64 X^21 + 2 X^22 + 8) modulo P; F is T z folded by these to 28 coefficients, F = T z
// modulo P, and T is invertible. The row holds k and carries with F = k P over the integers:
// F[i] + carry[i-1] - k P[i] = 2^9 carry[i].
//
// Soundness: k and the carries lie in a range of 2^19, or 2^20 where a sign bit of their own widens
// it, and |F[i]| < 2^29, so each identity's sides differ by less than p and hold over the integers.
// Tests recompute these bounds, and that honest witnesses fit, for every identity that a chip uses
// (tests/air/bounds_test.cpp, tests/air/curve_bounds_test.cpp).
#pragma once

#include <type_traits>

#include "air/chips/limbs.hpp"
#include "air/limb_product.hpp"

namespace cairn {

inline constexpr int kProductCoefficients = 2 * kLimbs9 - 1;

/// k and the carries are checked by RANGE of this width after adding a bias.
inline constexpr int kProductCarryBits = 19;
/// For a b = c of limbs below 2^9. Honest values: k in [-28628, 45096], carries in [-57263,
/// 367886].
inline constexpr int kProductCarryBias = 1 << 17;
/// For sums of either sign.
inline constexpr int kSignedCarryBias = 1 << 18;

/// A sum of products, coefficient by coefficient.
template <class V>
using ProductSum = Array<V, kProductCoefficients>;

/// a b.
template <class V>
HOST_DEVICE constexpr ProductSum<V> limb_product(const Array<V, kLimbs9>& a,
                                                 const Array<V, kLimbs9>& b) {
#if defined(__CUDA_ARCH__)
  constexpr bool kOnVectors = false;
#else
  constexpr bool kOnVectors = std::is_same_v<V, int64_t>;
#endif
  ProductSum<V> z{};
  if constexpr (kOnVectors) {
    multiply_limbs(a.item, b.item, z.item);
  } else {
    for (int i = 0; i < kProductCoefficients; ++i) {
      const int first = i < kLimbs9 ? 0 : i - kLimbs9 + 1;
      z[i] = a[first] * b[i - first];
      for (int j = first + 1; j < kLimbs9 && j <= i; ++j) z[i] += a[j] * b[i - j];
    }
  }
  return z;
}

/// z + a b.
template <class V>
HOST_DEVICE constexpr ProductSum<V> add_product(ProductSum<V> z, const Array<V, kLimbs9>& a,
                                                const Array<V, kLimbs9>& b) {
  const ProductSum<V> more = limb_product(a, b);
  for (int i = 0; i < kProductCoefficients; ++i) z[i] += more[i];
  return z;
}

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
  ProductSum<V> z = limb_product(a, b);
  for (int i = 0; i < kLimbs9; ++i) z[i] -= c[i];
  return fold_product(z);
}

/// The witness that a sum of products is 0 modulo P.
template <class T>
struct ProductWitness {
  T k;
  Array<T, kLimbs9 - 1> carry;
};

/// The same with bits that say which of the carries kFirst to kLast are not negative: these may lie
/// in [-2^19, 2^19).
template <class T, int kFirst, int kLast>
struct WideProductWitness {
  ProductWitness<T> narrow;
  Array<T, kLast - kFirst + 1> positive;
};

/// The gate of an identity that holds on every row.
struct Always {
  template <class V>
  HOST_DEVICE friend constexpr const V& operator*(Always, const V& value) {
    return value;
  }
};

/// Where gate is not 0, F = k P over the integers, if k and the carries are in range.
template <class E, class V, class Gate>
HOST_DEVICE constexpr void constrain_carries(E& e, const Gate& gate, const Array<V, kLimbs9>& f,
                                             const ProductWitness<V>& w) {
  for (int i = 0; i < kLimbs9; ++i) {
    V sum = f[i];
    if (i > 0) sum += w.carry[i - 1];
    if (prime_limb9(i) != 0) sum -= w.k * prime_limb9(i);
    if (i < kLimbs9 - 1) sum -= w.carry[i] * (1 << 9);
    e.zero(gate * sum, "folded product is k P");
  }
}

/// Constrains F to be a multiple of P on every row, padding too; `bias` is what moves k and the
/// carries into [0, 2^19).
template <class E, class V>
HOST_DEVICE constexpr void check_folded(E& e, const V& en, const Array<V, kLimbs9>& f,
                                        const ProductWitness<V>& w, int bias) {
  constrain_carries(e, Always{}, f, w);
  e.range(kProductCarryBits, en, w.k + bias);
  for (int i = 0; i < kLimbs9 - 1; ++i) e.range(kProductCarryBits, en, w.carry[i] + bias);
}

/// Constrains a b = c modulo P, given that all limbs are below 2^9.
template <class E, class V>
HOST_DEVICE constexpr void check_product(E& e, const V& en, const Array<V, kLimbs9>& a,
                                         const Array<V, kLimbs9>& b, const Array<V, kLimbs9>& c,
                                         const ProductWitness<V>& w) {
  check_folded(e, en, folded_product<V>(a, b, c), w, kProductCarryBias);
}

/// Constrains z = 0 modulo P where gate is 1; the gate is 0 or 1 and of degree 1.
template <class E, class V>
HOST_DEVICE constexpr void check_sum(E& e, const V& gate, const ProductSum<V>& z,
                                     const ProductWitness<V>& w) {
  constrain_carries(e, gate, fold_product(z), w);
  e.range(kProductCarryBits, gate, w.k + kSignedCarryBias);
  for (int i = 0; i < kLimbs9 - 1; ++i) {
    e.range(kProductCarryBits, gate, w.carry[i] + kSignedCarryBias);
  }
}
template <class E, class V, int kFirst, int kLast>
HOST_DEVICE constexpr void check_sum(E& e, const V& gate, const ProductSum<V>& z,
                                     const WideProductWitness<V, kFirst, kLast>& w) {
  constexpr int kHalf = 1 << kProductCarryBits;
  constrain_carries(e, gate, fold_product(z), w.narrow);
  e.range(kProductCarryBits, gate, w.narrow.k + kSignedCarryBias);
  for (int i = 0; i < kLimbs9 - 1; ++i) {
    const V& carry = w.narrow.carry[i];
    if (i < kFirst || i > kLast) {
      e.range(kProductCarryBits, gate, carry + kSignedCarryBias);
    } else {
      const V& positive = w.positive[i - kFirst];
      e.boolean(positive, "a carry is positive or not");
      e.range(kProductCarryBits, gate, carry + kHalf - positive * kHalf);
    }
  }
}

/// k of F = k P + a rest that is small beside P. F / 512^24 = k 2^35 + less than 2^21, so the four
/// top coefficients give it.
HOST_DEVICE constexpr int64_t sum_quotient(const Array<int64_t, kLimbs9>& f) {
  const int64_t top = (f[27] << 27) + (f[26] << 18) + (f[25] << 9) + f[24];
  return (top + (int64_t{1} << 34)) >> 35;
}

/// The witness for z = 0 modulo P, from F as integers.
HOST_DEVICE ProductWitness<KoalaBear> sum_witness(const Array<int64_t, kLimbs9>& f) {
  const int64_t k = sum_quotient(f);
  ProductWitness<KoalaBear> w;
  w.k = k;
  int64_t carry = 0;
  for (int i = 0; i < kLimbs9 - 1; ++i) {
    carry = (f[i] + carry - k * prime_limb9(i)) >> 9;
    w.carry[i] = carry;
  }
  return w;
}
template <int kFirst, int kLast>
HOST_DEVICE WideProductWitness<KoalaBear, kFirst, kLast> wide_sum_witness(
    const Array<int64_t, kLimbs9>& f) {
  WideProductWitness<KoalaBear, kFirst, kLast> w;
  w.narrow = sum_witness(f);
  for (int i = kFirst; i <= kLast; ++i) {
    const bool positive = w.narrow.carry[i].canonical() < KoalaBear::kModulus / 2;
    w.positive[i - kFirst] = positive ? 1 : 0;
  }
  return w;
}

template <int kCount>
HOST_DEVICE Array<int64_t, kCount> integer_limbs9(const Felt& x) {
  Array<int64_t, kCount> result;
  CAIRN_UNROLL_ALL
  for (int i = 0; i < kCount; ++i) result[i] = x.limb9(i);
  return result;
}

/// The witness for a b = c modulo P.
HOST_DEVICE ProductWitness<KoalaBear> product_witness(const Felt& a, const Felt& b, const Felt& c) {
  return sum_witness(folded_product<int64_t>(integer_limbs9<kLimbs9>(a), integer_limbs9<kLimbs9>(b),
                                             integer_limbs9<kLimbs9>(c)));
}

}  // namespace cairn
