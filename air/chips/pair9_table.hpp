// PAIR9: all pairs (a, b) of 9-bit integers; row a + 2^9 b. The column of a repeats every 2^9 rows,
// so that the verifier evaluates it from 2^9 values; b follows from the row counter.
#pragma once

#include "air/evaluator.hpp"
#include "air/image.hpp"
#include "air/part.hpp"

namespace cairn {

struct Pair9Table {
  static constexpr const char* kName = "PAIR9";
  static constexpr Kind kKind = Kind::kTable;
  static constexpr bool kReadsCounts = true;
  static constexpr int kLogHeight = 18;
  static constexpr int log_period(int) { return 9; }

  template <class T>
  struct Columns {
    T index;  // read in the next row
    T multiplicity;
  };

  /// Fixed column 0: a.
  static KoalaBear fixed(int, uint32_t row, int) { return KoalaBear(row & 511); }

  template <class E>
  HOST_DEVICE static constexpr void evaluate(E& e) {
    using V = typename E::Value;
    constexpr int64_t kInverse512 = KoalaBear(512).inverse().canonical();
    const auto c = e.template columns<Columns>();
    const V a = e.fixed(0);
    e.zero(e.is_first() * c.index, "index starts at 0");
    e.zero(e.except_last() * (e.next(0) - c.index - 1), "index counts");
    e.provide(Bus::kPair9, c.multiplicity, a, (c.index - a) * V(kInverse512));
  }

  HOST_DEVICE static Columns<KoalaBear> fill(const Image&, const Counts& counts, const Part&,
                                             uint32_t row) {
    return {row, Counts::read(counts.pair9, row)};
  }
};

}  // namespace cairn
