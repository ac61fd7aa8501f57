// One chip by itself: memory for its rows, rows in the clear, and what tables would say to them.
// Compiles without the list of all chips.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "air/image.hpp"
#include "air/part.hpp"
#include "air/row_evaluator.hpp"
#include "segmenter/interning.hpp"
#include "tests/support/random.hpp"

namespace cairn::one_chip {

/// A memory that packs its cells as the segmenter does.
class Memory {
 public:
  void set(uint32_t address, const Felt& value) { set_cell(address, values_.pack(value)); }
  void set(uint32_t address, int64_t value) {
    set_cell(address, Cell{static_cast<uint32_t>(Cell::kBias + value)});
  }
  void set_cell(uint32_t address, Cell cell) {
    if (cells_.size() <= address) cells_.resize(address + 1, Cell{Cell::kHole});
    cells_[address] = cell;
  }
  Cell cell(uint32_t address) const { return cells_.at(address); }
  uint32_t end() const { return static_cast<uint32_t>(cells_.size()); }

  /// Valid until the memory changes.
  Image image() const {
    Image image{};
    image.cells = cells_.data();
    image.cell_end = end();
    image.big = values_.big().data();
    image.big_count = static_cast<uint32_t>(values_.big().size());
    image.mid = values_.mid().data();
    image.mid_count = static_cast<uint32_t>(values_.mid().size());
    return image;
  }

 private:
  std::vector<Cell> cells_{Cell{Cell::kHole}};
  Interner values_;
};

struct Term {
  ClearMessage message;
  int sign;
  KoalaBear multiplicity;
};

/// What a row says.
struct Evaluation {
  std::vector<std::string> broken;  // names of constraints that do not vanish
  std::vector<Term> terms;

  void constraint(int, const char* what, KoalaBear value) {
    if (!(value == KoalaBear(0))) broken.emplace_back(what);
  }
  void message(int sign, KoalaBear multiplicity, const ClearMessage& m) {
    terms.push_back({m, sign, multiplicity});
  }
};

template <class Chip>
using Row = typename Chip::template Columns<KoalaBear>;

template <class Chip>
Row<Chip> fill(const Image& image, const Part& part, uint32_t row) {
  return Chip::fill(image, Counts{}, part, row % part.height());
}

/// Row `row` of the part with these cells and the given row after it.
template <class Chip>
Evaluation evaluate(const Part& part, uint32_t row, const Row<Chip>& cells, const Row<Chip>& next) {
  Evaluation result;
  const RowContext context{reinterpret_cast<const KoalaBear*>(&cells),
                           reinterpret_cast<const KoalaBear*>(&next),
                           nullptr,
                           row == 0,
                           row + 1 == part.height(),
                           part.range_begin,
                           part.range_end,
                           static_cast<int>(part.log_height)};
  RowEvaluator<Chip, Evaluation> evaluator(context, result);
  Chip::evaluate(evaluator);
  return result;
}
template <class Chip>
Evaluation evaluate(const Image& image, const Part& part, uint32_t row, const Row<Chip>& cells) {
  return evaluate<Chip>(part, row, cells, fill<Chip>(image, part, row + 1));
}

/// Whether memory, or a table of values, ranges or pairs, provides the message.
inline bool provided(const Image& image, const ClearMessage& m) {
  const auto at = [&](int i) { return i < m.length ? m.coordinate[i].canonical() : 0; };
  const auto value = [&](int limbs, int bits) {
    const Cell cell{at(0) << 31 | at(1)};
    const bool known =
        at(0) == 0 || (at(0) == 1 && (at(1) < Cell::kMid ? at(1) < image.big_count
                                                         : at(1) - Cell::kMid < image.mid_count));
    if (!known || (at(0) == 0 && at(1) >= 1u << 29)) return false;
    const Felt felt = image.value(cell);
    for (int i = 0; i < limbs; ++i) {
      const int rest = 252 - bits * i;
      if (at(i + 2) != felt.bits(bits * i, rest < bits ? rest : bits)) return false;
    }
    return m.length <= limbs + 2;
  };
  switch (m.bus) {
    case Bus::kMemory: {
      if (at(0) == 0 || at(0) >= image.cell_end) return false;
      const Cell cell = image.cell(at(0));
      return !cell.hole() && cell.kappa() == at(1) && cell.payload() == at(2);
    }
    case Bus::kValue9:
      return value(28, 9);
    case Bus::kValue27:
      return value(10, 27);
    case Bus::kRange:
      return at(1) >> at(0) == 0;
    case Bus::kPair9:
      return at(0) < 512 && at(1) < 512;
    default:
      return false;
  }
}

/// The first use that no table answers, or nothing.
inline const Term* unanswered(const Image& image, const Evaluation& e) {
  for (const Term& t : e.terms) {
    const bool said = !(t.multiplicity == KoalaBear(0));
    if (said && (t.sign < 0 || !(t.multiplicity == KoalaBear(1)) || !provided(image, t.message))) {
      return &t;
    }
  }
  return nullptr;
}

template <class Chip>
bool accepted(const Image& image, const Part& part, uint32_t row, const Row<Chip>& cells) {
  const Evaluation e = evaluate<Chip>(image, part, row, cells);
  return e.broken.empty() && unanswered(image, e) == nullptr;
}

/// All rows of the part satisfy the chip, and tables answer what they use.
template <class Chip>
void expect_honest(const Image& image, const Part& part) {
  for (uint32_t row = 0; row < part.height(); ++row) {
    const Evaluation e = evaluate<Chip>(image, part, row, fill<Chip>(image, part, row));
    EXPECT_THAT(e.broken, testing::IsEmpty()) << Chip::kName << " row " << row;
    const Term* term = unanswered(image, e);
    EXPECT_EQ(term, nullptr) << Chip::kName << " row " << row << ": bus "
                             << bus_name(term->message.bus);
    if (term != nullptr) return;
  }
}

/// No cell of the part's real rows can be changed alone, by any of `values` or a few of our own.
/// `real` says which rows; `is_free` which cells, by column, are listed by the test as harmless.
/// Gives the names of the constraints that some change broke.
template <class Chip>
std::map<std::string, int> expect_no_free_cell(
    const Image& image, const Part& part, uint32_t real, const std::vector<int64_t>& values,
    const std::function<bool(uint32_t row, int column)>& is_free = {}) {
  std::map<std::string, int> alive;
  Random random(77);
  for (uint32_t row = 0; row < real; ++row) {
    const Row<Chip> honest = fill<Chip>(image, part, row);
    const uint32_t before = (row + part.height() - 1) % part.height();
    const Row<Chip> previous = fill<Chip>(image, part, before);
    for (int column = 0; column < kShape<Chip>.columns; ++column) {
      if (is_free && is_free(row, column)) continue;
      const KoalaBear cell = reinterpret_cast<const KoalaBear*>(&honest)[column];
      std::vector<KoalaBear> changes = {cell + 1,         cell - 1,           -cell, 0, 1,
                                        cell + (1 << 20), random.koala_bear()};
      for (const int64_t value : values) changes.emplace_back(value);
      for (const KoalaBear changed : changes) {
        if (changed == cell) continue;
        Row<Chip> cells = honest;
        reinterpret_cast<KoalaBear*>(&cells)[column] = changed;

        const Evaluation own = evaluate<Chip>(image, part, row, cells);
        Evaluation other;
        if (column < kShape<Chip>.next) other = evaluate<Chip>(part, before, previous, cells);

        for (const std::string& name : own.broken) ++alive[name];
        for (const std::string& name : other.broken) ++alive[name];
        const bool heard =
            !own.broken.empty() || !other.broken.empty() || unanswered(image, own) != nullptr;
        EXPECT_TRUE(heard) << Chip::kName << " row " << row << " column " << column << ": "
                           << cell.canonical() << " became " << changed.canonical();
      }
    }
  }
  return alive;
}

/// The part of a chip over cells [begin, end) of its builtin.
template <class Chip>
Part builtin_part(uint32_t begin, uint32_t end, uint32_t log_height = kMinLogHeight) {
  Part part{};
  part.log_height = log_height;
  part.count = (end - begin) / Chip::kCellsPerRow;
  part.range_begin = begin;
  part.range_end = end;
  return part;
}

}  // namespace cairn::one_chip
