// How the PEDERSEN chips cut the two values in windows: H(a, b) is the x coordinate of a sum of one
// table point a window (design: cairo-air.md 7.1).
//
// Window i of a or b has the bits from kBits i on; bits below 248 multiply P1 (P3 for b), the four
// bits above P2 (P4). With T[s] the table of step s,
//   T[0][d] = -(d's multiple - (2 n - 3) S),   T[s][d] = d's multiple + 2 S   for 0 < s < n,
// n being the number of steps and S the shift point: -T[0] + T[1] + ... + T[n - 1] is the hash's
// sum, no table entry is the point at infinity, and every sum on the way holds an odd multiple of
// S.
#pragma once

#include <vector>

#include "air/chips/limbs.hpp"
#include "core/felt.hpp"

namespace cairn {

struct CurvePoint;

template <int kWindowBits>
struct PedersenWindows {
  static_assert(kWindowBits % 9 == 0 && 252 % kWindowBits == 0);
  static constexpr int kBits = kWindowBits;
  static constexpr int kPerValue = 252 / kBits;
  static constexpr int kSteps = 2 * kPerValue;
  static constexpr uint32_t kDigits = uint32_t{1} << kBits;

  /// The digit of window i from a value's limbs.
  template <class V>
  HOST_DEVICE static constexpr V digit(const Array<V, kLimbs9>& limb, int i) {
    constexpr int kLimbs = kBits / 9;
    V result = limb[kLimbs * i];
    for (int j = 1; j < kLimbs; ++j) result += limb[kLimbs * i + j] * (1 << (9 * j));
    return result;
  }
  HOST_DEVICE static constexpr uint32_t digit(const Felt& a, const Felt& b, int step) {
    return step < kPerValue ? a.bits(kBits * step, kBits)
                            : b.bits(kBits * (step - kPerValue), kBits);
  }
};

using PedersenWindow = PedersenWindows<9>;

/// T[s][d] at kDigits s + d. Made at the first call, in some tens of ms; thread-safe. Host only.
const std::vector<CurvePoint>& pedersen_table();

}  // namespace cairn
