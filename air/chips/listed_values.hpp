// Values that do not fit a word, by index (design: cairo-air.md 5). Rows past the last value
// hold 1.
//
// Soundness: parts cover the indices [0, e) once each, so a value is a function of its index. What
// is 0 modulo P is excluded, so that a word with a value here is never 0: 0, and P where the limbs
// can hold it. Neither distance wraps: both are below 28 * 2^18.
#pragma once

#include "air/chips/limbs.hpp"
#include "air/image.hpp"
#include "air/inverses.hpp"
#include "air/part.hpp"

namespace cairn {

/// Of BIG with all limbs of 9 bits, of MID with fewer.
template <int kLimbCount>
struct ListedValues {
  static constexpr Kind kKind = Kind::kRange;
  static constexpr bool kReadsCounts = true;
  static constexpr bool kIsBig = kLimbCount == kLimbs9;
  static constexpr int kInverses = kIsBig ? 2 : 1;
  static constexpr int64_t kFirstPayload = kIsBig ? 0 : Cell::kMid;

  template <class T>
  struct Columns {
    T index;  // read in the next row
    Array<T, kLimbCount> limb;
    T uses9, uses27;
    Array<T, kInverses> inverse;  // of the distance from 0, from P
  };

  template <class E>
  HOST_DEVICE static constexpr void evaluate(E& e) {
    using V = typename E::Value;
    const auto c = e.template columns<Columns>();
    e.zero(e.is_first() * (c.index - e.range_begin()), "index starts at range_begin");
    e.zero(e.except_last() * (e.next(0) - c.index - 1), "index counts");
    e.zero(limb_sum<V>(c.limb) * c.inverse[0] - 1, "the value is not 0");
    if constexpr (kIsBig) {
      e.zero(distance_from_prime<V>(c.limb) * c.inverse[1] - 1, "the value is not P");
    }
    provide_value(e, c.uses9, c.uses27, 1, c.index + kFirstPayload, c.limb);
    range_check_limbs9(e, c.limb);
  }

  template <class Invert = InvertNow>
  HOST_DEVICE static Columns<KoalaBear> fill(const Image& image, const Counts& counts,
                                             const Part& part, uint32_t row,
                                             const Invert& invert = {}) {
    const uint32_t index = part.range_begin + row;
    const bool real = index < (kIsBig ? image.big_count : image.mid_count);
    const Felt* const values = kIsBig ? image.big : image.mid;
    uint32_t* const* const uses = kIsBig ? counts.big : counts.mid;
    Columns<KoalaBear> c;
    c.index = index;
    c.limb = limbs9_of<kLimbCount>(real ? values[index] : Felt{{1, 0, 0, 0}});
    c.uses9 = real ? Counts::read(uses[0], index) : 0;
    c.uses27 = real ? Counts::read(uses[1], index) : 0;
    c.inverse[0] = invert(limb_sum<KoalaBear>(c.limb));
    if constexpr (kIsBig) c.inverse[1] = invert(distance_from_prime<KoalaBear>(c.limb));
    return c;
  }

 private:
  /// Sum over the limbs of what is 0 just where the limb is the prime's: the limb, or a square.
  template <class V>
  HOST_DEVICE static constexpr V distance_from_prime(const Array<V, kLimbCount>& limb) {
    V sum = V(0);
    for (int i = 0; i < kLimbCount; ++i) {
      if (prime_limb9(i) == 0) {
        sum += limb[i];
      } else {
        const V difference = limb[i] - prime_limb9(i);
        sum += difference * difference;
      }
    }
    return sum;
  }
};

}  // namespace cairn
