// BITWISE: the bitwise builtin, five cells a row: x, y, x and y, x xor y, x or y, in this order.
//
// The limbs of x xor y are looked up; x + y = 2 (x and y) + (x xor y) and (x or y) = (x and y) +
// (x xor y) hold limb by limb, so that the limbs of the other two are expressions (design:
// cairo-air.md 7). 96 columns, 38 lookups, 191 cells an instance.
//
// Soundness: the XOR lookups bound all limbs and make the third the exclusive or of two integers,
// the last limb below 2^8 as the builtin asks for inputs below 2^251. So all words are below 2^251,
// where an integer is a function of its class modulo P.
#pragma once

#include "air/chips/arithmetic.hpp"
#include "air/chips/builtin_rows.hpp"

namespace cairn {

struct Bitwise {
  static constexpr const char* kName = "BITWISE";
  static constexpr Kind kKind = Kind::kBuiltin;
  static constexpr Builtin kBuiltin = Builtin::kBitwise;
  static constexpr uint32_t kCellsPerRow = 5;
  static constexpr bool kReadsCounts = false;
  static constexpr int kTopBits = 8;  // of the last limb

  template <class T>
  struct Columns {
    T address, en;  // read in the next row
    Array<Word<T>, kCellsPerRow> word;
    Array<T, kLimbs9> x, y, exclusive;
  };

  template <class E>
  HOST_DEVICE static constexpr void evaluate(E& e) {
    using V = typename E::Value;
    constexpr int64_t kHalf = KoalaBear(2).inverse().canonical();
    const auto c = e.template columns<Columns>();
    builtin_rows(e, kCellsPerRow, c.address, c.en);
    for (int i = 0; i < static_cast<int>(kCellsPerRow); ++i) {
      read_word(e, c.en, c.address + i, c.word[i]);
    }
    Array<V, kLimbs9> both{}, either{};
    for (int i = 0; i < kLimbs9; ++i) {
      e.exclusive_or(i < kLimbs9 - 1 ? 9 : kTopBits, c.en, c.x[i], c.y[i], c.exclusive[i]);
      both[i] = (c.x[i] + c.y[i] - c.exclusive[i]) * V(kHalf);
      either[i] = both[i] + c.exclusive[i];
    }
    use_value(e, Bus::kValue9, c.en, c.word[0], c.x);
    use_value(e, Bus::kValue9, c.en, c.word[1], c.y);
    use_value(e, Bus::kValue9, c.en, c.word[2], both);
    use_value(e, Bus::kValue9, c.en, c.word[3], c.exclusive);
    use_value(e, Bus::kValue9, c.en, c.word[4], either);
  }

  HOST_DEVICE static Columns<KoalaBear> fill(const Image& image, const Counts&, const Part& part,
                                             uint32_t row) {
    Columns<KoalaBear> c{};
    const auto [address, real] = begin_builtin_row(part, kCellsPerRow, row, c);
    if (!real) return c;
    for (uint32_t i = 0; i < kCellsPerRow; ++i) {
      const Cell cell = image.cell(address + i);
      c.word[i] = word_of(cell);
    }
    const Felt x = image.value(image.cell(address));
    const Felt y = image.value(image.cell(address + 1));
    c.x = limbs9_of<kLimbs9>(x);
    c.y = limbs9_of<kLimbs9>(y);
    c.exclusive = limbs9_of<kLimbs9>(x ^ y);
    return c;
  }
};

}  // namespace cairn
