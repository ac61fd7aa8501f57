// A range check builtin, one cell a row: the value is below 2^kBits.
//
// Limbs of 27 bits come from the value bus, those past kBits are 0 in the message, and the top one
// is the sum of pieces that are checked: kLowBits and, if that is not all of it, the bits above.
#pragma once

#include "air/chips/builtin_rows.hpp"
#include "air/chips/limbs.hpp"
#include "air/chips/opcode.hpp"

namespace cairn {

template <Builtin kWhich, int kBits, int kLowBits>
struct RangeCheck {
  static constexpr Kind kKind = Kind::kBuiltin;
  static constexpr Builtin kBuiltin = kWhich;
  static constexpr uint32_t kCellsPerRow = 1;
  static constexpr bool kReadsCounts = false;
  static constexpr int kWholeLimbs = kBits / 27;
  static constexpr int kHighBits = kBits - 27 * kWholeLimbs - kLowBits;
  static constexpr int kPieces = kHighBits == 0 ? 1 : 2;

  template <class T>
  struct Columns {
    T address, en;  // read in the next row
    Word<T> word;
    Array<T, kWholeLimbs> limb;
    Array<T, kPieces> top;
  };

  template <class E>
  HOST_DEVICE static constexpr void evaluate(E& e) {
    using V = typename E::Value;
    const auto c = e.template columns<Columns>();
    builtin_rows(e, kCellsPerRow, c.address, c.en);
    read_word(e, c.en, c.address, c.word);
    V top = c.top[0];
    if constexpr (kPieces == 2) top += c.top[1] * (1 << kLowBits);
    e.use(Bus::kValue27, c.en, c.word.kappa, c.word.payload, c.limb, top);
    e.range(kLowBits, c.en, c.top[0]);
    if constexpr (kPieces == 2) e.range(kHighBits, c.en, c.top[1]);
  }

  HOST_DEVICE static Columns<KoalaBear> fill(const Image& image, const Counts&, const Part& part,
                                             uint32_t row) {
    Columns<KoalaBear> c{};
    const auto [address, real] = begin_builtin_row(part, kCellsPerRow, row, c);
    if (!real) return c;
    const Cell cell = image.cell(address);
    const Felt value = image.value(cell);
    c.word = word_of(cell);
    for (int i = 0; i < kWholeLimbs; ++i) c.limb[i] = value.limb27(i);
    const uint32_t top = value.limb27(kWholeLimbs);
    if constexpr (kPieces == 1) {
      c.top[0] = top;
    } else {
      c.top[0] = top & ((1u << kLowBits) - 1);
      c.top[1] = top >> kLowBits;
    }
    return c;
  }
};

}  // namespace cairn
