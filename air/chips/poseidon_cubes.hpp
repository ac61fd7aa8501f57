// What the chips of Starknet's Poseidon have in common: checked cubes, and the linear layer written
// into their identities.
//
// Digits. A vector of 28 limbs below 2^9 stands for sum (limb - 256) 512^i modulo P, and one of 14
// limbs below 2^18 for sum (limb - 2^17) 2^(18 i): products of balanced digits are a quarter as
// large as those of limbs, which leaves room for linear terms.
//
// Cubes. A cube is x and its square s = x^2, with x x - s checked as in air/chips/product.hpp. The
// cube y is no column: whatever it must be equal to modulo P, an expression L in vectors that are
// there anyway, is set against s x in one more such check, F(s x) - T L = k P. That leaves out y,
// its range check and the carries of the linear layer (81 cells a cube). L may have a denominator:
// T / 2 = X^7 + 272 and T / 8 = 128 X^6 + 68 modulo P are small, too, and so are their products
// with powers of X, as T X^21 = -4.
//
// Constants of L come from the table POSEIDON_ROUNDS as the integer below P that is congruent to
// their part of -T L, in limbs of 18 bits; fill() finds it as what F lacks to a multiple of P.
//
// Soundness: |F| < 2^27 with all cells anywhere in their ranges, so that no identity wraps and
// honest carries fit 19 bits with bias 2^18 (tests/air/poseidon_bounds_test.cpp). Values between
// rounds are classes modulo P; limbs may hold any integer of a class.
#pragma once

#include "air/chips/product.hpp"

namespace cairn {

inline constexpr int kDigitBias9 = 1 << 8;
inline constexpr int kLimbs18 = 14;
inline constexpr int kDigitBias18 = 1 << 17;

/// Balanced digits of limbs; all 0 in a padded row.
template <class V, int kCount>
HOST_DEVICE constexpr Array<V, kCount> balanced(const V& en, const Array<V, kCount>& limb) {
  static_assert(kCount == kLimbs9 || kCount == kLimbs18);
  const V bias = en * (kCount == kLimbs9 ? kDigitBias9 : kDigitBias18);
  Array<V, kCount> digit{};
  for (int i = 0; i < kCount; ++i) digit[i] = limb[i] - bias;
  return digit;
}

/// Digits in the clear.
HOST_DEVICE Array<int64_t, kLimbs9> balanced9_of(const Felt& x) {
  Array<int64_t, kLimbs9> digit;
  CAIRN_UNROLL_ALL
  for (int i = 0; i < kLimbs9; ++i) digit[i] = int64_t{x.limb9(i)} - kDigitBias9;
  return digit;
}
HOST_DEVICE Array<int64_t, kLimbs18> balanced18_of(const Felt& x) {
  Array<int64_t, kLimbs18> digit;
  CAIRN_UNROLL_ALL
  for (int i = 0; i < kLimbs18; ++i) digit[i] = int64_t{x.bits(18 * i, 18)} - kDigitBias18;
  return digit;
}
HOST_DEVICE Array<KoalaBear, kLimbs18> limbs18_of(const Felt& x) {
  Array<KoalaBear, kLimbs18> limb;
  CAIRN_UNROLL_ALL
  for (int i = 0; i < kLimbs18; ++i) limb[i] = x.bits(18 * i, 18);
  return limb;
}
template <int kCount>
HOST_DEVICE Array<KoalaBear, kCount> cells_of(const Array<int64_t, kCount>& digit) {
  Array<KoalaBear, kCount> cell;
  for (int i = 0; i < kCount; ++i) cell[i] = digit[i];
  return cell;
}

/// f -= d T / 2 v for digits of 9 or 18 bits. d T / 2 = d X^7 + e X + g with e, g near 272 d in
/// base 512, so that no coefficient is large.
template <class V, int kCount>
HOST_DEVICE constexpr void subtract_half(Array<V, kLimbs9>& f, int d, const Array<V, kCount>& v) {
  constexpr int kStride = kLimbs9 / kCount;
  if (d == 0) return;
  const int high = (272 * d + 256) >> 9;
  const V at7 = V(int64_t{d}), at1 = V(int64_t{high}), at0 = V(int64_t{272 * d - 512 * high});
  const V wrapped = V(int64_t{2 * d});
  for (int i = 0; i < kCount; ++i) {
    const int j = kStride * i;
    if (j < 21) {
      f[j + 7] -= v[i] * at7;
      f[j + 1] -= v[i] * at1;
      f[j] -= v[i] * at0;
    } else {
      f[j - 21] += v[i] * wrapped;
    }
  }
}

/// f -= d T / 8 v for digits of 9 bits.
template <class V>
HOST_DEVICE constexpr void subtract_eighth(Array<V, kLimbs9>& f, int d,
                                           const Array<V, kLimbs9>& v) {
  const V at6 = V(int64_t{128 * d}), at0 = V(int64_t{68 * d}), wrapped = V(int64_t{256 * d});
  for (int j = 0; j < kLimbs9; ++j) {
    if (j < 22) {
      f[j + 6] -= v[j] * at6;
      f[j] -= v[j] * at0;
    } else {
      f[j - 22] += v[j] * wrapped;
    }
  }
}

/// f += a constant in limbs of 18 bits.
template <class V>
HOST_DEVICE constexpr void add_constant(Array<V, kLimbs9>& f, const Array<V, kLimbs18>& limb) {
  for (int i = 0; i < kLimbs18; ++i) f[2 * i] += limb[i];
}

/// The integer in [0, P) that F lacks to a multiple of P.
HOST_DEVICE Felt lacking(const Array<int64_t, kLimbs9>& f) {
  // F = top 512^27 + digits; start from the multiple next to it.
  Array<int64_t, kLimbs9> digit;
  int64_t carry = 0;
  for (int i = 0; i < kLimbs9; ++i) {
    carry += f[i];
    digit[i] = i < kLimbs9 - 1 ? carry & 511 : carry;
    if (i < kLimbs9 - 1) carry >>= 9;
  }
  int64_t k = (digit[kLimbs9 - 1] >> 8) - 1;
  for (;; ++k) {
    Felt result{};
    int64_t difference = 0;
    for (int i = 0; i < kLimbs9; ++i) {
      difference += k * prime_limb9(i) - digit[i];
      if (i == kLimbs9 - 1) break;
      const uint64_t limb = static_cast<uint64_t>(difference & 511);
      result.word[9 * i / 64] |= limb << 9 * i % 64;
      if (9 * i % 64 > 55) result.word[9 * i / 64 + 1] |= limb >> (64 - 9 * i % 64);
      difference >>= 9;
    }
    if (difference < 0) continue;
    result.word[3] |= static_cast<uint64_t>(difference) << 51;
    return result;
  }
}

template <class T>
struct Cube {
  Array<T, kLimbs9> x, square;
  ProductWitness<T> square_witness, cube_witness;
};

/// Constrains the square; x and square are limbs.
template <class E, class V>
HOST_DEVICE constexpr void check_square(E& e, const V& en, const Cube<V>& c) {
  range_check_limbs9(e, en, c.x);
  range_check_limbs9(e, en, c.square);
  const Array<V, kLimbs9> x = balanced(en, c.x);
  check_folded(e, en, folded_product<V>(x, x, balanced(en, c.square)), c.square_witness,
               kSignedCarryBias);
}

/// F of the cube.
template <class V>
HOST_DEVICE constexpr Array<V, kLimbs9> folded_cube(const V& en, const Cube<V>& c) {
  return fold_product(limb_product<V>(balanced(en, c.square), balanced(en, c.x)));
}

/// Everything of a cube but the witness of the cube itself, of which F is given back in `f`.
HOST_DEVICE Cube<KoalaBear> cube_of(const Felt& x, const Felt& square, Array<int64_t, kLimbs9>& f) {
  const Array<int64_t, kLimbs9> digit = balanced9_of(x);
  const Array<int64_t, kLimbs9> square_digit = balanced9_of(square);
  f = fold_product(limb_product<int64_t>(square_digit, digit));
  return {limbs9_of<kLimbs9>(x),
          limbs9_of<kLimbs9>(square),
          sum_witness(folded_product<int64_t>(digit, digit, square_digit)),
          {}};
}

/// Closes F with the constant it lacks, which is given back, and finds the witness.
HOST_DEVICE Array<KoalaBear, kLimbs18> close_cube(Cube<KoalaBear>& cube,
                                                  Array<int64_t, kLimbs9>& f) {
  const Felt constant = lacking(f);
  for (int i = 0; i < kLimbs18; ++i) f[2 * i] += constant.bits(18 * i, 18);
  cube.cube_witness = sum_witness(f);
  return limbs18_of(constant);
}

/// Digits of 9 bits, two together.
template <class V>
HOST_DEVICE constexpr Array<V, kLimbs18> join_pairs(const Array<V, kLimbs9>& v) {
  Array<V, kLimbs18> result{};
  for (int i = 0; i < kLimbs18; ++i) result[i] = v[2 * i] + v[2 * i + 1] * (1 << 9);
  return result;
}

/// The prime in limbs of 18 bits.
HOST_DEVICE constexpr int prime_limb18(int i) {
  return i == 0 ? 1 : i == 10 ? 17 << 12 : i == 13 ? 1 << 17 : 0;
}

/// Constrains sum g_i 2^(18 i) = q P, given that the carries, which are expressions and are given
/// back, turn out to be small.
template <class E, class V>
HOST_DEVICE constexpr Array<V, kLimbs18 - 1> check_sum(E& e, const Array<V, kLimbs18>& g,
                                                       const V& q) {
  constexpr int64_t kInverse = KoalaBear(1 << 18).inverse().canonical();
  Array<V, kLimbs18 - 1> carry{};
  for (int i = 0; i < kLimbs18; ++i) {
    V sum = g[i];
    if (i > 0) sum += carry[i - 1];
    if (prime_limb18(i) != 0) sum -= q * prime_limb18(i);
    if (i < kLimbs18 - 1) {
      carry[i] = sum * V(kInverse);
    } else {
      e.zero(sum, "sum is q P");
    }
  }
  return carry;
}

/// q of a sum that is a multiple of P.
HOST_DEVICE int64_t sum_quotient(const Array<int64_t, kLimbs18>& g) {
  const int64_t top = (g[13] << 18) + g[12];
  return (top + (int64_t{1} << 34)) >> 35;
}

}  // namespace cairn
