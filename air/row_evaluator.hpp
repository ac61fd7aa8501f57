// Runs a chip on one concrete row over F: constraint values and messages as they are. The checker,
// the use counts and the tests are made of it.
#pragma once

#include "air/shape.hpp"

namespace cairn {

/// A message with its coordinates in the clear.
struct ClearMessage {
  Bus bus;
  int length;
  KoalaBear coordinate[kMaxMessage];
};

/// The row and what surrounds it.
struct RowContext {
  const KoalaBear* main;       // kShape.columns cells
  const KoalaBear* main_next;  // the row after it, the first row after the last
  const KoalaBear* fixed;      // kShape.fixed cells
  bool first, last;
  KoalaBear range_begin, range_end;
  int log_height;
};

/// The sink gets constraint(k, what, value) and message(sign, multiplicity, ClearMessage).
template <class Chip, class Sink>
class RowEvaluator : public EvaluatorBase<RowEvaluator<Chip, Sink>> {
 public:
  using Value = KoalaBear;

  HOST_DEVICE RowEvaluator(const RowContext& row, Sink& sink) : row_(row), sink_(sink) {}

  template <template <class> class Columns>
  HOST_DEVICE Columns<KoalaBear> columns() {
    Columns<KoalaBear> result;
    KoalaBear* cells = reinterpret_cast<KoalaBear*>(&result);
    for (int i = 0; i < kShape<Chip>.columns; ++i) cells[i] = row_.main[i];
    return result;
  }
  HOST_DEVICE KoalaBear next(int i) { return row_.main_next[i]; }
  HOST_DEVICE KoalaBear fixed(int i) { return row_.fixed[i]; }
  HOST_DEVICE KoalaBear is_first() { return KoalaBear(row_.first ? 1 : 0); }
  HOST_DEVICE KoalaBear is_last() { return KoalaBear(row_.last ? 1 : 0); }
  HOST_DEVICE KoalaBear except_last() { return KoalaBear(row_.last ? 0 : 1); }
  HOST_DEVICE KoalaBear range_begin() { return row_.range_begin; }
  HOST_DEVICE KoalaBear range_end() { return row_.range_end; }
  HOST_DEVICE KoalaBear log_height() { return KoalaBear(row_.log_height); }

  HOST_DEVICE void zero(KoalaBear value, const char* what = "") {
    sink_.constraint(constraint_++, what, value);
  }

  HOST_DEVICE ClearMessage empty_message(Bus bus) {
    ClearMessage m;
    m.bus = bus;
    m.length = 0;
    return m;
  }
  HOST_DEVICE void add(ClearMessage& m, int position, KoalaBear coordinate) {
    m.coordinate[position - 1] = coordinate;
    m.length = position;
  }
  HOST_DEVICE void fraction(int sign, KoalaBear multiplicity, const ClearMessage& m) {
    sink_.message(sign, multiplicity, m);
  }

 private:
  const RowContext& row_;
  Sink& sink_;
  int constraint_ = 0;
};

}  // namespace cairn
