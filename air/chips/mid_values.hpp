// MID: the values below 2^135, by index, their payload being 2^28 + index (design: cairo-air.md 5).
// Rows past the last value hold 1.
//
// Soundness: as in BIG; P is above 2^135, so only 0 is excluded.
#pragma once

#include "air/chips/limbs.hpp"
#include "air/image.hpp"
#include "air/inverses.hpp"
#include "air/part.hpp"

namespace cairn {

struct MidValues {
  static constexpr const char* kName = "MID";
  static constexpr Kind kKind = Kind::kRange;
  static constexpr bool kReadsCounts = true;
  static constexpr int kInverses = 1;
  static constexpr int kLimbs = 15;

  template <class T>
  struct Columns {
    T index;  // read in the next row
    Array<T, kLimbs> limb;
    T uses9, uses27;
    T inverse_of_sum;
  };

  template <class E>
  HOST_DEVICE static constexpr void evaluate(E& e) {
    using V = typename E::Value;
    const auto c = e.template columns<Columns>();
    e.zero(e.is_first() * (c.index - e.range_begin()), "index starts at range_begin");
    e.zero(e.except_last() * (e.next(0) - c.index - 1), "index counts");
    e.zero(limb_sum<V>(c.limb) * c.inverse_of_sum - 1, "the value is not 0");
    const V payload = c.index + static_cast<int64_t>(Cell::kMid);
    provide_value(e, c.uses9, c.uses27, 1, payload, c.limb);
    range_check_limbs9(e, c.limb);
  }

  template <class Invert = InvertNow>
  HOST_DEVICE static Columns<KoalaBear> fill(const Image& image, const Counts& counts,
                                             const Part& part, uint32_t row,
                                             const Invert& invert = {}) {
    const uint32_t index = part.range_begin + row;
    const bool real = index < image.mid_count;
    Columns<KoalaBear> c;
    c.index = index;
    c.limb = limbs9_of<kLimbs>(real ? image.mid[index] : Felt{{1, 0, 0, 0}});
    c.uses9 = real ? Counts::read(counts.mid[0], index) : 0;
    c.uses27 = real ? Counts::read(counts.mid[1], index) : 0;
    c.inverse_of_sum = invert(limb_sum<KoalaBear>(c.limb));
    return c;
  }
};

}  // namespace cairn
