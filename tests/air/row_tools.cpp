#include "tests/air/row_tools.hpp"

#include "air/bus_balance.hpp"

namespace cairn {
namespace {

template <class Chip>
std::vector<KoalaBear> cells_of(const typename Chip::template Columns<KoalaBear>& columns) {
  const auto* cells = reinterpret_cast<const KoalaBear*>(&columns);
  return {cells, cells + kShape<Chip>.columns};
}

struct Sink {
  Evaluation& result;

  void constraint(int index, const char* what, KoalaBear value) {
    if (!(value == KoalaBear(0))) result.broken.push_back({index, what});
  }
  void message(int sign, KoalaBear multiplicity, const ClearMessage& m) {
    result.terms.push_back({m, sign, multiplicity});
  }
};

}  // namespace

FilledRow fill_row(const Image& image, const Counts& counts, const Part& part, uint32_t row) {
  return with_chip(part.chip, [&]<class Chip>() {
    const bool last = row + 1 == part.height();
    FilledRow result;
    result.chip = part.chip;
    result.main = cells_of<Chip>(Chip::fill(image, counts, part, row));
    result.next = cells_of<Chip>(Chip::fill(image, counts, part, last ? 0 : row + 1));
    if constexpr (kShape<Chip>.fixed > 0) {
      for (int i = 0; i < kShape<Chip>.fixed; ++i)
        result.fixed.push_back(Chip::fixed(i, row, static_cast<int>(part.log_height)));
    }
    result.first = row == 0;
    result.last = last;
    result.range_begin = part.range_begin;
    result.range_end = part.range_end;
    result.log_height = static_cast<int>(part.log_height);
    return result;
  });
}

Evaluation evaluate(const FilledRow& row) {
  return with_chip(row.chip, [&]<class Chip>() {
    Evaluation result;
    Sink sink{result};
    const RowContext context{row.main.data(), row.next.data(), row.fixed.data(), row.first,
                             row.last,        row.range_begin, row.range_end,    row.log_height};
    RowEvaluator<Chip, Sink> evaluator(context, sink);
    Chip::evaluate(evaluator);
    return result;
  });
}

bool same_terms(const std::vector<Term>& a, const std::vector<Term>& b) {
  BusBalance difference;
  for (const Term& t : a) difference.add(t.sign, t.multiplicity, t.message);
  for (const Term& t : b) difference.add(-t.sign, t.multiplicity, t.message);
  return difference.unbalanced_count() == 0;
}

}  // namespace cairn
