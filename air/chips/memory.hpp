// MEM: the memory as a function of the address, four addresses a row (design: cairo-air.md 5).
//
// Soundness: parts of MEM cover indices [0, e) once each, as integers (the verifier's range
// checks), so that no address has two rows; kappa = 0 forces the payload to be a 29-bit integer.
#pragma once

#include "air/evaluator.hpp"
#include "air/image.hpp"
#include "air/part.hpp"

namespace cairn {

struct Memory {
  static constexpr const char* kName = "MEM";
  static constexpr Kind kKind = Kind::kRange;
  static constexpr bool kReadsCounts = true;
  static constexpr int kCellsPerRow = 4;
  /// A payload is 15 low and 14 high bits: both tables are small, where 18 + 11 would cost every
  /// job a table of 2^18 rows.
  static constexpr int kLowBits = 15;
  static constexpr int kHighBits = 14;

  template <class T>
  struct Columns {
    T index;  // read in the next row
    struct Word {
      T kappa, payload, high, multiplicity;
    } word[kCellsPerRow];
  };

  template <class E>
  HOST_DEVICE static constexpr void evaluate(E& e) {
    const auto c = e.template columns<Columns>();
    e.zero(e.is_first() * (c.index - e.range_begin()), "index starts at range_begin");
    e.zero(e.except_last() * (e.next(0) - c.index - 1), "index counts");
    for (int j = 0; j < kCellsPerRow; ++j) {
      const auto& w = c.word[j];
      e.boolean(w.kappa, "kappa is boolean");
      e.provide(Bus::kMemory, w.multiplicity, c.index * kCellsPerRow + (j + 1), w.kappa, w.payload);
      e.range(kLowBits, 1 - w.kappa, w.payload - w.high * (1 << kLowBits));
      e.range(kHighBits, 1 - w.kappa, w.high);
    }
  }

  HOST_DEVICE static Columns<KoalaBear> fill(const Image& image, const Counts& counts,
                                             const Part& part, uint32_t row) {
    Columns<KoalaBear> c;
    const uint32_t index = part.range_begin + row;
    c.index = index;
    for (int j = 0; j < kCellsPerRow; ++j) {
      const uint32_t address = kCellsPerRow * index + j + 1;
      const bool exists = address < image.cell_end;
      const Cell cell = exists ? image.cell(address) : Cell{Cell::kHole};
      c.word[j].kappa = cell.kappa();
      c.word[j].payload = cell.payload();
      c.word[j].high = cell.kappa() != 0 ? 0 : cell.payload() >> kLowBits;
      c.word[j].multiplicity = exists ? Counts::read(counts.memory, address) : 0;
    }
    return c;
  }
};

}  // namespace cairn
