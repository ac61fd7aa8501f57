// IMM: the immediates that some chip wants as limbs (design: cairo-air.md 5). Rows past the last
// one hold the value 1, provided 0 times.
//
// A value v >= 0 has its low 27 bits in l0, l1, l2 and bit 27 in b. A value v <= -2 stands for P +
// v: its limbs are l0, l1, l2, 510 + b, then 511 up to limb 20, 135 at 21, 256 at 27. The value -1
// has l0 = l1 = l2 = 0 and 136, 256 there. With `negative` for v < 0 and `borrows` for v <= -2 all
// limbs are affine.
//
// Soundness: the limbs are a function of the payload (a test runs through the edges), so that
// several rows of one payload do no harm. The only other row that the constraints admit is payload
// -1, which no cell of MEM can hold.
#pragma once

#include "air/chips/limbs.hpp"
#include "air/image.hpp"
#include "air/part.hpp"

namespace cairn {

struct ImmediateValues {
  static constexpr const char* kName = "IMM";
  static constexpr Kind kKind = Kind::kFree;
  static constexpr bool kReadsCounts = true;

  template <class T>
  struct Columns {
    T uses9, uses27;
    T payload, negative, borrows;
    T l0, l1, l2, bit27;
  };

  template <class E>
  HOST_DEVICE static constexpr void evaluate(E& e) {
    using V = typename E::Value;
    const auto c = e.template columns<Columns>();
    e.boolean(c.negative, "negative is boolean");
    e.boolean(c.borrows, "borrows is boolean");
    e.boolean(c.bit27, "bit27 is boolean");
    e.zero(c.borrows * (1 - c.negative), "only a negative value borrows");
    e.zero((c.negative - c.borrows) * (c.l0 + c.l1 + c.l2 + c.bit27), "-1 has no low limbs");
    e.zero(c.l0 + c.l1 * (1 << 9) + c.l2 * (1 << 18) + c.bit27 * (1 << 27) -
               (c.payload - Cell::kBias + c.negative + c.borrows * Cell::kBias),
           "limbs give the value");
    provide_value(e, c.uses9, c.uses27, 0, c.payload, limbs<V>(c));
    e.use(Bus::kPair9, 1, c.l0, c.l1);
    e.small_range(9, 1, c.l2);
  }

  HOST_DEVICE static Columns<KoalaBear> fill(const Image& image, const Counts& counts,
                                             const Part& part, uint32_t row) {
    const bool real = row < part.count;
    const uint32_t position = part.first + row;
    Columns<KoalaBear> c;
    c.uses9 = real ? Counts::read(counts.immediate[0], position) : 0;
    c.uses27 = real ? Counts::read(counts.immediate[1], position) : 0;
    const uint32_t payload = real ? image.immediates[position] : Cell::kBias + 1;
    const int32_t value = static_cast<int32_t>(payload) - Cell::kBias;
    const bool borrows = value <= -2;
    const uint32_t low = value == -1 ? 0 : borrows ? value + 1 + Cell::kBias : value;
    c.payload = payload;
    c.negative = value < 0 ? 1 : 0;
    c.borrows = borrows ? 1 : 0;
    c.l0 = low & 511;
    c.l1 = (low >> 9) & 511;
    c.l2 = (low >> 18) & 511;
    c.bit27 = low >> 27;
    return c;
  }

 private:
  template <class V>
  HOST_DEVICE static constexpr Array<V, kLimbs9> limbs(const Columns<V>& c) {
    Array<V, kLimbs9> limb{};
    limb[0] = c.l0;
    limb[1] = c.l1;
    limb[2] = c.l2;
    limb[3] = c.borrows * 510 + c.bit27;
    const V middle = c.borrows * 511;
    for (int i = 4; i < 21; ++i) limb[i] = middle;
    limb[21] = c.negative * 136 - c.borrows;
    for (int i = 22; i < 27; ++i) limb[i] = V(0);
    limb[27] = c.negative * 256;
    return limb;
  }
};

}  // namespace cairn
