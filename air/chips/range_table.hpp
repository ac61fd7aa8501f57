// RANGE: the integers below 2^n, n being the part's own log_height.
//
// Soundness: the row counter starts at 0 (range_begin = 0 is the verifier's check) and the message
// holds n, so that a taller table never serves a narrower check.
#pragma once

#include "air/evaluator.hpp"
#include "air/image.hpp"
#include "air/part.hpp"

namespace cairn {

struct RangeTable {
  static constexpr const char* kName = "RANGE";
  static constexpr Kind kKind = Kind::kTable;
  static constexpr bool kReadsCounts = true;

  template <class T>
  struct Columns {
    T index;  // read in the next row
    T multiplicity;
  };

  template <class E>
  HOST_DEVICE static constexpr void evaluate(E& e) {
    const auto c = e.template columns<Columns>();
    e.zero(e.is_first() * c.index, "index starts at 0");
    e.zero(e.except_last() * (e.next(0) - c.index - 1), "index counts");
    e.provide(Bus::kRange, c.multiplicity, e.log_height(), c.index);
  }

  HOST_DEVICE static Columns<KoalaBear> fill(const Image&, const Counts& counts, const Part& part,
                                             uint32_t row) {
    return {row, Counts::read(counts.range, part.height() + row)};
  }
};

}  // namespace cairn
