// RC128: the range_check builtin, one cell a row: the value is below 2^128.
//
// Limbs 0 to 3 are 27 bits by the value bus, limb 4 is checked to be below 2^20 as 14 low and 6
// high bits, the others are 0 in the message. Soundness: a part's rows stand at the addresses
// range_begin, ... up to range_end without a gap, all of them real: en starts at 1 and may only
// fall where the address is range_end (design: cairo-air-review.md R3, R13).
#pragma once

#include "air/chips/limbs.hpp"
#include "air/chips/opcode.hpp"

namespace cairn {

struct RangeCheck128 {
  static constexpr const char* kName = "RC128";
  static constexpr Kind kKind = Kind::kBuiltin;
  static constexpr Builtin kBuiltin = Builtin::kRangeCheck;
  static constexpr uint32_t kCellsPerRow = 1;
  static constexpr bool kReadsCounts = false;
  static constexpr int kLimbs = 5;
  static constexpr int kTopLowBits = 14;
  static constexpr int kTopHighBits = 6;

  template <class T>
  struct Columns {
    T address, en;  // read in the next row
    Word<T> word;
    Array<T, kLimbs> limb;
    T top_high;
  };

  template <class E>
  HOST_DEVICE static constexpr void evaluate(E& e) {
    using V = typename E::Value;
    const auto c = e.template columns<Columns>();
    const V next_address = e.next(0);
    const V next_en = e.next(1);
    e.zero(e.is_first() * (c.address - e.range_begin()), "address starts at range_begin");
    e.zero(e.except_last() * (next_address - c.address - 1), "address counts");
    e.boolean(c.en, "en is boolean");
    e.zero(e.is_first() * (1 - c.en), "the first row is real");
    e.zero(e.except_last() * (next_en * (1 - c.en)), "no real row after padding");
    e.zero(e.except_last() * ((c.en - next_en) * (next_address - e.range_end())),
           "padding starts at range_end");
    e.zero(e.is_last() * (c.en * (c.address + 1 - e.range_end())), "a full part ends at range_end");
    read_word(e, c.en, c.address, c.word);
    e.use(Bus::kValue27, c.en, c.word.kappa, c.word.payload, c.limb);
    e.range(kTopLowBits, c.en, c.limb[kLimbs - 1] - c.top_high * (1 << kTopLowBits));
    e.range(kTopHighBits, c.en, c.top_high);
  }

  HOST_DEVICE static Columns<KoalaBear> fill(const Image& image, const Counts&, const Part& part,
                                             uint32_t row) {
    Columns<KoalaBear> c{};
    const uint32_t address = part.range_begin + row;
    c.address = address;
    if (address >= part.range_end) return c;
    const Cell cell = image.cell(address);
    const Felt value = image.value(cell);
    c.en = 1;
    c.word = {cell.kappa(), cell.payload()};
    for (int i = 0; i < kLimbs; ++i) c.limb[i] = value.limb27(i);
    c.top_high = value.limb27(kLimbs - 1) >> kTopLowBits;
    return c;
  }
};

}  // namespace cairn
