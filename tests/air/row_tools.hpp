// One row of any chip in the clear: filled, changed at will, evaluated.
#pragma once

#include <string>
#include <vector>

#include "air/chips.hpp"
#include "air/row_evaluator.hpp"

namespace cairn {

/// A row's own cells and what surrounds them.
struct FilledRow {
  uint32_t chip;
  std::vector<KoalaBear> main, next, fixed;
  bool first, last;
  KoalaBear range_begin, range_end;
  int log_height;
};

/// What a row says on a bus; multiplicity 0 says nothing.
struct Term {
  ClearMessage message;
  int sign;  // + for a use
  KoalaBear multiplicity;

  bool use() const { return sign > 0 && !(multiplicity == KoalaBear(0)); }
};

struct BrokenConstraint {
  int index;
  std::string name;
};

struct Evaluation {
  std::vector<BrokenConstraint> broken;  // constraints that do not vanish
  std::vector<Term> terms;               // in the order of the text
};

FilledRow fill_row(const Image& image, const Counts& counts, const Part& part, uint32_t row);
Evaluation evaluate(const FilledRow& row);

/// Whether two rows say the same on the buses.
bool same_terms(const std::vector<Term>& a, const std::vector<Term>& b);

}  // namespace cairn
