// The only witness that a sum of products has over the field, and whether the lookups grant it.
#pragma once

#include "air/chips/product.hpp"

namespace cairn {

/// Whether check_sum's range grants this value; `wide`: as one of those with a sign bit.
inline bool fits(KoalaBear x, bool wide) {
  const int bits = kProductCarryBits + (wide ? 1 : 0);
  return (x + (int64_t{1} << (bits - 1))).canonical() < (1u << bits);
}

/// Each carry follows from the ones below and k, and the last identity fixes k.
inline ProductWitness<KoalaBear> forced_witness(const Array<KoalaBear, kLimbs9>& f) {
  const KoalaBear inverse = KoalaBear(512).inverse();
  ProductWitness<KoalaBear> w;
  const auto solve = [&](KoalaBear k) {
    KoalaBear carry = 0;
    w.k = k;
    for (int i = 0; i < kLimbs9 - 1; ++i) {
      carry = (f[i] + carry - k * prime_limb9(i)) * inverse;
      w.carry[i] = carry;
    }
    return f[kLimbs9 - 1] + carry - k * prime_limb9(kLimbs9 - 1);  // affine in k
  };
  const KoalaBear at_zero = solve(0);
  const KoalaBear slope = solve(1) - at_zero;
  solve(-at_zero * slope.inverse());
  return w;
}

/// Whether z = 0 modulo P has a witness within the lookups; carries kFirst to kLast are wide.
template <int kFirst = 1, int kLast = 0>
bool witness_exists(const ProductSum<KoalaBear>& z) {
  const ProductWitness<KoalaBear> w = forced_witness(fold_product(z));
  bool all = fits(w.k, false);
  for (int i = 0; i < kLimbs9 - 1; ++i) all = all && fits(w.carry[i], i >= kFirst && i <= kLast);
  return all;
}

}  // namespace cairn
