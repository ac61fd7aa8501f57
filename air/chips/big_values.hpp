// BIG: the values of 252 bits, by index (design: cairo-air.md 5). Rows past the last value hold 1.
//
// Soundness: parts cover the indices [0, e) once each, so a value is a function of its index; 0 and
// P, both 0 modulo P, are excluded, so that a word with kappa = 1 is never 0. Neither sum of the
// two exclusions wraps: both are below 28 * 2^18.
#pragma once

#include "air/chips/limbs.hpp"
#include "air/image.hpp"
#include "air/inverses.hpp"
#include "air/part.hpp"

namespace cairn {

struct BigValues {
  static constexpr const char* kName = "BIG";
  static constexpr Kind kKind = Kind::kRange;
  static constexpr bool kReadsCounts = true;
  static constexpr int kInverses = 2;

  template <class T>
  struct Columns {
    T index;  // read in the next row
    Array<T, kLimbs9> limb;
    T uses9, uses27;
    T inverse_of_sum, inverse_of_distance;  // from 0 and from P
  };

  template <class E>
  HOST_DEVICE static constexpr void evaluate(E& e) {
    using V = typename E::Value;
    const auto c = e.template columns<Columns>();
    e.zero(e.is_first() * (c.index - e.range_begin()), "index starts at range_begin");
    e.zero(e.except_last() * (e.next(0) - c.index - 1), "index counts");
    e.zero(limb_sum<V>(c.limb) * c.inverse_of_sum - 1, "the value is not 0");
    e.zero(distance<V>(c.limb) * c.inverse_of_distance - 1, "the value is not P");
    provide_value(e, c.uses9, c.uses27, 1, c.index, c.limb);
    range_check_limbs9(e, c.limb);
  }

  template <class Invert = InvertNow>
  HOST_DEVICE static Columns<KoalaBear> fill(const Image& image, const Counts& counts,
                                             const Part& part, uint32_t row,
                                             const Invert& invert = {}) {
    const uint32_t index = part.range_begin + row;
    const bool real = index < image.big_count;
    Columns<KoalaBear> c;
    c.index = index;
    c.limb = limbs9_of<kLimbs9>(real ? image.big[index] : Felt{{1, 0, 0, 0}});
    c.uses9 = real ? Counts::read(counts.big[0], index) : 0;
    c.uses27 = real ? Counts::read(counts.big[1], index) : 0;
    c.inverse_of_sum = invert(limb_sum<KoalaBear>(c.limb));
    c.inverse_of_distance = invert(distance<KoalaBear>(c.limb));
    return c;
  }

 private:
  /// Sum over the limbs of what is 0 just where the limb is the prime's: the limb, or a square.
  template <class V>
  HOST_DEVICE static constexpr V distance(const Array<V, kLimbs9>& limb) {
    V sum = V(0);
    for (int i = 0; i < kLimbs9; ++i) {
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
