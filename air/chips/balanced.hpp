// Values whose 28 limbs lie in [-256, 256): products of them are a quarter of those of limbs below
// 2^9, which leaves room to add several before the carries.
//
// Columns hold limb + 256, a limb of 9 bits: the limbs of (x + kBalance) mod P for a value x, so
// that a value has one such form if that integer is checked to be below P.
#pragma once

#include "air/chips/limbs.hpp"

namespace cairn {

inline constexpr int kBalance9 = 256;

/// kBalance9 in each of 28 limbs.
constexpr Felt balance() {
  Felt x{};
  for (int i = 0; i < kLimbs9; ++i) {
    const int bit = 9 * i + 8;
    x.word[bit / 64] |= uint64_t{1} << (bit % 64);
  }
  return x;
}
inline constexpr Felt kBalance = balance();

/// The limbs in [-256, 256) of what columns hold.
template <class V>
HOST_DEVICE constexpr Array<V, kLimbs9> balanced(const Array<V, kLimbs9>& columns) {
  Array<V, kLimbs9> limb = columns;
  for (int i = 0; i < kLimbs9; ++i) limb[i] -= kBalance9;
  return limb;
}

}  // namespace cairn
