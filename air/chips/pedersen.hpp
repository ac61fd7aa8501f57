// PEDERSEN: the pedersen builtin, one instance (a, b, result) a row; PEDERSEN_STEP adds the points.
//
// The row reads the three cells, checks a and b to be below P, since windows of bits have no
// meaning modulo P, hands out their digits, and takes the sum's x coordinate off the chain bus as
// the result's limbs. Soundness: the label is the row's own address, so the digits and the result
// of an instance meet in one chain (air/chips/pedersen_step.hpp). 98 columns, 65 fractions: 263
// cells, and 22 887 with the 56 steps of an instance.
#pragma once

#include "air/chips/builtin_rows.hpp"
#include "air/chips/opcode.hpp"
#include "air/chips/pedersen_windows.hpp"
#include "air/chips/reduced.hpp"

namespace cairn {

struct Pedersen {
  static constexpr const char* kName = "PEDERSEN";
  static constexpr Kind kKind = Kind::kBuiltin;
  static constexpr Builtin kBuiltin = Builtin::kPedersen;
  static constexpr uint32_t kCellsPerRow = 3;
  static constexpr bool kReadsCounts = false;

  /// A step's work: the slope's balanced form, x of the sum after it, the table point.
  static constexpr uint32_t kStepFelts = 4;
  static constexpr uint32_t kWorkFelts = PedersenWindow::kSteps * kStepFelts;
  /// Host only.
  static void make_work(const Image& image, uint32_t address, Felt* out);

  template <class T>
  struct Columns {
    T address, en;  // read in the next row
    Word<T> word[kCellsPerRow];
    Array<T, kLimbs9> a, b, result;
    Reduced<T> a_reduced, b_reduced;
  };

  template <class E>
  HOST_DEVICE static constexpr void evaluate(E& e) {
    constexpr int kKind = static_cast<int>(ChainKind::kPedersen);
    constexpr int kPerValue = PedersenWindow::kPerValue;
    const auto c = e.template columns<Columns>();
    builtin_rows(e, kCellsPerRow, c.address, c.en);
    for (int i = 0; i < static_cast<int>(kCellsPerRow); ++i) {
      read_word(e, c.en, c.address + i, c.word[i]);
      e.use(Bus::kValue9, c.en, c.word[i].kappa, c.word[i].payload,
            i == 0   ? c.a
            : i == 1 ? c.b
                     : c.result);
    }
    check_reduced(e, c.en, c.a, c.a_reduced);
    check_reduced(e, c.en, c.b, c.b_reduced);
    for (int s = 0; s < PedersenWindow::kSteps; ++s) {
      e.provide(Bus::kDigit, c.en, kKind, c.address, s,
                s < kPerValue ? PedersenWindow::digit(c.a, s)
                              : PedersenWindow::digit(c.b, s - kPerValue));
    }
    e.use(Bus::kChain, c.en, kKind, c.address, PedersenWindow::kSteps - 1, c.result);
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
    const Felt a = image.value(image.cell(address));
    const Felt b = image.value(image.cell(address + 1));
    c.a = limbs9_of<kLimbs9>(a);
    c.b = limbs9_of<kLimbs9>(b);
    c.result = limbs9_of<kLimbs9>(image.value(image.cell(address + 2)));
    c.a_reduced = reduced_of(a);
    c.b_reduced = reduced_of(b);
    return c;
  }
};

}  // namespace cairn
