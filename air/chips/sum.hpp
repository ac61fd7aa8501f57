// c = a + b modulo the Cairo prime, in limbs of 27 bits (design: cairo-air.md 6.1).
//
// With r[-1] = 0 and P the prime: r[j] = (a[j] + b[j] + r[j-1] - c[j] - s P[j]) / 2^27 is an affine
// expression, no column. Soundness: r[j] in {-1, 0, 1} makes both sides of the identity differ by
// less than 2^28 + 2^27 + 2^9 < p, so it holds over the integers, given that limbs are limbs.
#pragma once

#include "air/chips/limbs.hpp"

namespace cairn {

template <class E, class V>
HOST_DEVICE constexpr void constrain_sum(E& e, const Array<V, kLimbs27>& a,
                                         const Array<V, kLimbs27>& b, const Array<V, kLimbs27>& c,
                                         const V& subtracts_prime) {
  constexpr int64_t kInverse = KoalaBear(1 << 27).inverse().canonical();
  e.boolean(subtracts_prime, "subtracts_prime is boolean");
  V carry = V(0);
  for (int j = 0; j < kLimbs27; ++j) {
    V sum = a[j] + b[j] - c[j] + carry;
    if (prime_limb27(j) != 0) sum -= subtracts_prime * prime_limb27(j);
    if (j < kLimbs27 - 1) {
      carry = sum * V(kInverse);
      e.zero(carry * (carry - 1) * (carry + 1), "carry is -1, 0 or 1");
    } else {
      e.zero(sum, "the last limbs agree");
    }
  }
}

/// Whether a + b = c + P for right sums: without the prime the lowest words agree, and it is odd.
HOST_DEVICE constexpr bool sum_subtracts_prime(const Felt& a, const Felt& b, const Felt& c) {
  return ((a.word[0] + b.word[0] - c.word[0]) & 1) != 0;
}

}  // namespace cairn
