// RC128: the range_check builtin, one cell a row: the value is below 2^128.
//
// Limbs 0 to 3 are 27 bits by the value bus, limb 4 is checked to be below 2^20 as 14 low and 6
// high bits, the others are 0 in the message.
#pragma once

#include "air/chips/builtin_rows.hpp"
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
    const auto c = e.template columns<Columns>();
    builtin_rows(e, kCellsPerRow, c.address, c.en);
    read_word(e, c.en, c.address, c.word);
    e.use(Bus::kValue27, c.en, c.word.kappa, c.word.payload, c.limb);
    e.range(kTopLowBits, c.en, c.limb[kLimbs - 1] - c.top_high * (1 << kTopLowBits));
    e.range(kTopHighBits, c.en, c.top_high);
  }

  HOST_DEVICE static Columns<KoalaBear> fill(const Image& image, const Counts&, const Part& part,
                                             uint32_t row) {
    Columns<KoalaBear> c{};
    const uint32_t address = builtin_address(part, kCellsPerRow, row);
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
