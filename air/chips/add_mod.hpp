// ADD_MOD: the add_mod builtin, one instance a row: a + b = c + s p over the integers, with s = 0
// or 1 and numbers of 384 bits (design: cairo-air.md 7.4). c need not be below p. 122 columns, 61
// lookups, 277 cells an instance.
//
// Words are limbs of 27, 27, 27 and 15 bits, and each limb has a carry:
// a + b - c - s p + carry[i-1] = 2^bits carry[i]. Soundness: limbs are in range by the value bus
// and, the top ones, by RANGE; carries are -1, 0 or 1 by a cubic; so the two sides differ by less
// than 2^29 + 2^28 < p and the identities hold over the integers. Carries of -1, 0 and 1 are
// enough: |a + b - c - s p| is at most 2 (2^bits - 1) in each limb.
#pragma once

#include "air/chips/mod_builtin.hpp"

namespace cairn {

struct AddMod {
  static constexpr const char* kName = "ADD_MOD";
  static constexpr Kind kKind = Kind::kBuiltin;
  static constexpr Builtin kBuiltin = Builtin::kAddMod;
  static constexpr uint32_t kCellsPerRow = kModCells;
  static constexpr bool kReadsCounts = false;
  static constexpr int kLimbs = 4;  // of a word
  static constexpr int kLimbBits = 27;
  static constexpr int kTopBits = kModWordBits - (kLimbs - 1) * kLimbBits;
  static constexpr int kAllLimbs = kModWords * kLimbs;

  template <class T>
  struct Columns {
    ModInstance<T, kLimbs> instance;
    T takes_p;  // s
    Array<T, kAllLimbs - 1> carry;
  };

  template <class E>
  HOST_DEVICE static constexpr void evaluate(E& e) {
    using V = typename E::Value;
    const auto c = e.template columns<Columns>();
    const auto& m = c.instance;
    mod_instance(e, Bus::kValue27, m);
    check_top_limbs(e, m.en, m.p);
    for (int i = 0; i < 3; ++i) check_top_limbs(e, m.en, m.operand[i]);
    e.boolean(c.takes_p, "p is taken once or not");
    for (int i = 0; i < kAllLimbs - 1; ++i) {
      e.zero(c.carry[i] * (c.carry[i] * c.carry[i] - 1), "a carry is -1, 0 or 1");
    }
    for (int i = 0; i < kAllLimbs; ++i) {
      const int w = i / kLimbs, j = i % kLimbs;
      V sum = m.operand[0].limb[w][j] + m.operand[1].limb[w][j] - m.operand[2].limb[w][j] -
              c.takes_p * m.p.limb[w][j];
      if (i > 0) sum += c.carry[i - 1];
      if (i < kAllLimbs - 1) sum -= c.carry[i] * (1 << limb_bits(i));
      e.zero(sum, "a + b = c + s p");
    }
  }

  HOST_DEVICE static Columns<KoalaBear> fill(const Image& image, const Counts&, const Part& part,
                                             uint32_t row) {
    Columns<KoalaBear> c{};
    const auto [address, real] = begin_builtin_row(part, kCellsPerRow, row, c.instance);
    if (!real) return c;
    const ModIntegers m = fill_mod_instance<kLimbBits>(image, address, c.instance);
    const bool takes_p = takes_modulus(m);
    c.takes_p = takes_p ? 1 : 0;
    int64_t carry = 0;
    for (int i = 0; i < kAllLimbs - 1; ++i) {
      const int first = kModWordBits * (i / kLimbs) + kLimbBits * (i % kLimbs);
      const int bits = limb_bits(i);
      carry += m.a.bits(first, bits);
      carry += m.b.bits(first, bits);
      carry -= m.c.bits(first, bits);
      if (takes_p) carry -= m.p.bits(first, bits);
      carry >>= bits;
      c.carry[i] = carry;
    }
    return c;
  }

  /// The s of a + b = c + s p, if there is one.
  HOST_DEVICE static constexpr bool takes_modulus(const ModIntegers& m) {
    ModInteger sum = m.a;
    uint32_t carry = add_to(sum, m.b);
    carry -= subtract_from(sum, m.c);
    return carry != 0 || !sum.is_zero();
  }
  /// Whether the chip has a row for these numbers.
  HOST_DEVICE static constexpr bool holds(const ModIntegers& m) {
    ModInteger sum = m.a;
    uint32_t carry = add_to(sum, m.b);
    carry -= subtract_from(sum, m.c);
    if (takes_modulus(m)) carry -= subtract_from(sum, m.p);
    return carry == 0 && sum.is_zero();
  }

 private:
  HOST_DEVICE static constexpr int limb_bits(int i) {
    return i % kLimbs == kLimbs - 1 ? kTopBits : kLimbBits;
  }
  template <class E, class V>
  HOST_DEVICE static constexpr void check_top_limbs(E& e, const V& en,
                                                    const ModNumber<V, kLimbs>& number) {
    for (int i = 0; i < kModWords; ++i) e.range(kTopBits, en, number.limb[i][kLimbs - 1]);
  }
};

}  // namespace cairn
