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

/// The same less P, which it exceeds: for sums modulo P.
inline constexpr Felt kBalanceResidue{{kBalance.word[0] - kCairoPrime.word[0], kBalance.word[1],
                                       kBalance.word[2], kBalance.word[3] - kCairoPrime.word[3]}};
static_assert(kBalance.word[0] >= kCairoPrime.word[0] && kBalance.word[3] > kCairoPrime.word[3]);

/// (x + kBalance) mod P for x below P.
HOST_DEVICE constexpr Felt balanced_form(const Felt& x) {
  // Copies: devices have no objects of the host's.
  constexpr Felt kResidue = kBalanceResidue, kPrime = kCairoPrime;
  Felt sum{};
  uint64_t carry = 0;
  for (int i = 0; i < 4; ++i) {
    const uint64_t word = x.word[i] + kResidue.word[i];
    sum.word[i] = word + carry;
    carry = (word < x.word[i] || sum.word[i] < word) ? 1 : 0;
  }
  // P has words 1, 0, 0 and a high one.
  const bool above =
      sum.word[3] > kPrime.word[3] ||
      (sum.word[3] == kPrime.word[3] && (sum.word[2] | sum.word[1] | sum.word[0]) != 0);
  if (!above) return sum;
  for (int i = 0; i < 3; ++i) {
    if (sum.word[i]-- != 0) break;
    if (i == 2) --sum.word[3];
  }
  sum.word[3] -= kPrime.word[3];
  return sum;
}

/// The limbs in [-256, 256) of what columns hold.
template <class V>
HOST_DEVICE constexpr Array<V, kLimbs9> balanced(const Array<V, kLimbs9>& columns) {
  Array<V, kLimbs9> limb = columns;
  for (int i = 0; i < kLimbs9; ++i) limb[i] -= kBalance9;
  return limb;
}

}  // namespace cairn
