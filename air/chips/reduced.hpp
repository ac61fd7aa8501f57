// Checks that 28 limbs of 9 bits hold an integer below P = 1 + 136 * 2^189 + 256 * 2^243, wherever
// the bits of a value have meaning (design: cairo-air.md 6.5).
//
// Soundness: limb 27 is at most 255, or `top` is set and it is at most 256; then limbs 22 to 26 are
// 0 and limb 21 is at most 135, or `middle` is set and it is at most 136; then limbs 0 to 20 are 0.
// So the largest value is P - 1. Sums of limbs do not wrap; both values of the lookup lie in
// [-2, 2^11) before it, so halves are none.
#pragma once

#include "air/chips/limbs.hpp"

namespace cairn {

template <class T>
struct Reduced {
  T top, middle;  // limb 27 is 256; so is that, and limb 21 is 136
  T excess;       // top * (120 + limb 21 - middle)
};

/// Given that all limbs are below 2^9.
template <class E, class V>
HOST_DEVICE constexpr void check_reduced(E& e, const V& en, const Array<V, kLimbs9>& limb,
                                         const Reduced<V>& r) {
  constexpr int kMiddle = 21, kTop = 27;
  V below_middle = limb[0], below_top = limb[kMiddle + 1];
  for (int i = 1; i < kMiddle; ++i) below_middle += limb[i];
  for (int i = kMiddle + 2; i < kTop; ++i) below_top += limb[i];
  e.boolean(r.top, "top is boolean");
  e.boolean(r.middle, "middle is boolean");
  e.zero(r.top * below_top, "limbs 22 to 26 are 0 below the prime's");
  e.zero(r.middle * below_middle, "limbs 0 to 20 are 0 below the prime's");
  e.zero(r.excess - r.top * (limb[kMiddle] - r.middle + 120), "limb 21 at the prime's top");
  e.use(Bus::kPair9, en, (limb[kTop] - r.top) * 2, r.excess * 2);
}

HOST_DEVICE Reduced<KoalaBear> reduced_of(const Felt& x) {
  const bool top = x.limb9(27) == prime_limb9(27);
  const bool middle = top && x.limb9(21) == prime_limb9(21);
  Reduced<KoalaBear> r{};
  r.top = top ? 1 : 0;
  r.middle = middle ? 1 : 0;
  if (top) r.excess = x.limb9(21) - (middle ? 1 : 0) + 120;
  return r;
}

}  // namespace cairn
