// Values as limbs: 28 of 9 bits for products, 10 of 27 bits (the last of 9) for sums, three of the
// first to one of the second (design: cairo-air.md 0 #4, 6).
#pragma once

#include "air/evaluator.hpp"
#include "core/felt.hpp"
#include "core/koala_bear.hpp"

namespace cairn {

inline constexpr int kLimbs9 = 28;
inline constexpr int kLimbs27 = 10;

/// The Cairo prime in either kind of limbs: 1 + 136 * 2^189 + 256 * 2^243.
HOST_DEVICE constexpr int prime_limb9(int i) {
  return i == 0 ? 1 : i == 21 ? 136 : i == 27 ? 256 : 0;
}
HOST_DEVICE constexpr int prime_limb27(int i) {
  return i == 0 ? 1 : i == 7 ? 136 : i == 9 ? 256 : 0;
}

/// Joins limbs of 9 bits to limbs of 27 bits.
template <class V, int kCount>
HOST_DEVICE constexpr Array<V, (kCount + 2) / 3> join_limbs(const Array<V, kCount>& limb9) {
  Array<V, (kCount + 2) / 3> result{};
  for (int i = 0; i < (kCount + 2) / 3; ++i) {
    result[i] = limb9[3 * i];
    if (3 * i + 1 < kCount) result[i] += limb9[3 * i + 1] * (1 << 9);
    if (3 * i + 2 < kCount) result[i] += limb9[3 * i + 2] * (1 << 18);
  }
  return result;
}

template <int kCount>
HOST_DEVICE Array<KoalaBear, kCount> limbs9_of(const Felt& x) {
  Array<KoalaBear, kCount> result;
  CAIRN_UNROLL_ALL
  for (int i = 0; i < kCount; ++i) result[i] = x.limb9(i);
  return result;
}
HOST_DEVICE Array<KoalaBear, kLimbs27> limbs27_of(const Felt& x) {
  Array<KoalaBear, kLimbs27> result;
  CAIRN_UNROLL_ALL
  for (int i = 0; i < kLimbs27; ++i) result[i] = x.limb27(i);
  return result;
}

template <class V, int kCount>
HOST_DEVICE constexpr V limb_sum(const Array<V, kCount>& limb) {
  V sum = limb[0];
  for (int i = 1; i < kCount; ++i) sum += limb[i];
  return sum;
}

/// Columns first, first + 1, ... of the next row.
template <int kCount, class E, class V = typename E::Value>
HOST_DEVICE constexpr Array<V, kCount> next_columns(E& e, int first) {
  Array<V, kCount> result{};
  for (int i = 0; i < kCount; ++i) result[i] = e.next(first + i);
  return result;
}

/// Puts a value on both value buses. Limbs that are left out are 0.
template <class E, class V, class K, class U, int kCount>
HOST_DEVICE constexpr void provide_value(E& e, const V& uses9, const V& uses27, const K& kappa,
                                         const U& payload, const Array<V, kCount>& limb9) {
  e.provide(Bus::kValue9, uses9, kappa, payload, limb9);
  e.provide(Bus::kValue27, uses27, kappa, payload, join_limbs(limb9));
}

/// Each limb is below 2^9; two a lookup.
template <class E, class M, class V, int kCount>
HOST_DEVICE constexpr void range_check_limbs9(E& e, const M& multiplicity,
                                              const Array<V, kCount>& limb9) {
  for (int i = 0; i + 1 < kCount; i += 2) e.use(Bus::kPair9, multiplicity, limb9[i], limb9[i + 1]);
  if constexpr (kCount % 2 != 0) e.use(Bus::kPair9, multiplicity, limb9[kCount - 1], 0);
}
template <class E, class V, int kCount>
HOST_DEVICE constexpr void range_check_limbs9(E& e, const Array<V, kCount>& limb9) {
  range_check_limbs9(e, 1, limb9);
}

}  // namespace cairn
