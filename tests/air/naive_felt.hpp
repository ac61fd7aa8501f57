// Arithmetic modulo the Cairo prime from the definition: the oracle of the chips' limbs.
#pragma once

#include "core/felt.hpp"

namespace cairn::naive {

inline bool less(const Felt& a, const Felt& b) {
  for (int i = 3; i >= 0; --i) {
    if (a.word[i] != b.word[i]) return a.word[i] < b.word[i];
  }
  return false;
}

/// a + b and a - b modulo 2^256.
inline Felt plus(const Felt& a, const Felt& b) {
  Felt sum{};
  unsigned __int128 carry = 0;
  for (int i = 0; i < 4; ++i) {
    carry += static_cast<unsigned __int128>(a.word[i]) + b.word[i];
    sum.word[i] = static_cast<uint64_t>(carry);
    carry >>= 64;
  }
  return sum;
}
inline Felt minus(const Felt& a, const Felt& b) {
  const Felt complement{{~b.word[0], ~b.word[1], ~b.word[2], ~b.word[3]}};
  return plus(plus(a, complement), Felt{{1, 0, 0, 0}});
}

/// For a, b below P.
inline Felt add(const Felt& a, const Felt& b) {
  const Felt sum = plus(a, b);
  return less(sum, kCairoPrime) ? sum : minus(sum, kCairoPrime);
}
inline Felt negate(const Felt& a) { return a == Felt{} ? a : minus(kCairoPrime, a); }

/// By doubling: one bit of b at a time.
inline Felt multiply(const Felt& a, const Felt& b) {
  Felt product{};
  for (int i = 251; i >= 0; --i) {
    product = add(product, product);
    if (b.bits(i, 1) != 0) product = add(product, a);
  }
  return product;
}

inline Felt felt(int64_t x) {
  const Felt magnitude{{static_cast<uint64_t>(x < 0 ? -x : x), 0, 0, 0}};
  return x < 0 ? negate(magnitude) : magnitude;
}
inline Felt power_of_two(int exponent) {
  Felt x{};
  x.word[exponent / 64] = uint64_t{1} << (exponent % 64);
  return x;
}

}  // namespace cairn::naive
