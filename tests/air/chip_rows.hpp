// Rows of a single chip in the clear, for tests that need no list of chips: evaluated, and their
// messages held against what the tables of an image say.
#pragma once

#include <string>
#include <vector>

#include "air/bus_balance.hpp"
#include "air/image.hpp"
#include "air/part.hpp"
#include "air/row_evaluator.hpp"

namespace cairn {

/// What a row says on a bus.
struct ChipTerm {
  ClearMessage message;
  int sign;  // + for a use
  KoalaBear multiplicity;
};

struct ChipEvaluation {
  std::vector<std::string> broken;  // names of constraints that do not vanish
  std::vector<int> broken_index;
  std::vector<ChipTerm> terms;

  void constraint(int index, const char* what, KoalaBear value) {
    if (value == KoalaBear(0)) return;
    broken.emplace_back(what);
    broken_index.push_back(index);
  }
  void message(int sign, KoalaBear multiplicity, const ClearMessage& m) {
    if (!(multiplicity == KoalaBear(0))) terms.push_back({m, sign, multiplicity});
  }
};

/// The cells of a row, by number and by name.
template <class Chip>
using Row = typename Chip::template Columns<KoalaBear>;

template <class Chip>
KoalaBear* cells(Row<Chip>& row) {
  return reinterpret_cast<KoalaBear*>(&row);
}
template <class Chip>
const KoalaBear* cells(const Row<Chip>& row) {
  return reinterpret_cast<const KoalaBear*>(&row);
}

/// Evaluates row `number` of the part, given it and the row after it.
template <class Chip>
ChipEvaluation evaluate_row(const Part& part, uint32_t number, const Row<Chip>& row,
                            const Row<Chip>& next) {
  ChipEvaluation result;
  const RowContext context{cells<Chip>(row),
                           cells<Chip>(next),
                           nullptr,
                           number == 0,
                           number + 1 == part.height(),
                           part.range_begin,
                           part.range_end,
                           static_cast<int>(part.log_height)};
  RowEvaluator<Chip, ChipEvaluation> evaluator(context, result);
  Chip::evaluate(evaluator);
  return result;
}
template <class Chip>
ChipEvaluation evaluate_row(const Image& image, const Part& part, uint32_t number,
                            const Row<Chip>& row) {
  return evaluate_row<Chip>(part, number, row,
                            Chip::fill(image, Counts{}, part, (number + 1) % part.height()));
}

/// Whether the tables of the image (memory, values, instructions, fixed tables) hold the message;
/// true for messages that rows provide one for one.
inline bool tables_hold(const Image& image, const ClearMessage& m) {
  const auto at = [&m](int i) {
    return i < m.length ? uint64_t{m.coordinate[i].canonical()} : uint64_t{0};
  };
  const auto cell_of = [&](uint64_t kappa, uint64_t payload) {
    return Cell{static_cast<uint32_t>((kappa == 1 ? Cell::kBig : 0) | payload)};
  };
  switch (m.bus) {
    case Bus::kMemory:
      return at(0) != 0 && at(0) < image.cell_end && at(1) <= 1 && at(2) <= Cell::kPayload &&
             image.cell(static_cast<uint32_t>(at(0))).bits == cell_of(at(1), at(2)).bits;
    case Bus::kValue9:
    case Bus::kValue27: {
      if (at(0) > 1 || at(1) > Cell::kPayload) return false;
      const Cell cell = cell_of(at(0), at(1));
      if (cell.kappa() == 1) {
        const uint32_t u = cell.payload();
        if (u < Cell::kMid ? u >= image.big_count : u - Cell::kMid >= image.mid_count) return false;
      }
      const Felt value = image.value(cell);
      const bool nine = m.bus == Bus::kValue9;
      for (int i = 0; i < (nine ? 28 : 10); ++i) {
        if (at(2 + i) != (nine ? value.limb9(i) : value.limb27(i))) return false;
      }
      return true;
    }
    case Bus::kInstruction: {
      if (at(0) == 0 || at(0) >= image.cell_end) return false;
      const Felt word = image.value(image.cell(static_cast<uint32_t>(at(0))));
      return at(1) == word.bits(0, 16) && at(2) == word.bits(16, 16) &&
             at(3) == word.bits(32, 16) && at(4) == word.bits(48, 6) && at(5) == word.bits(54, 9) &&
             at(6) == word.bits(63, 9);
    }
    case Bus::kRange:
      return at(0) <= kMaxRangeBits && at(1) >> at(0) == 0;
    case Bus::kPair9:
      return at(0) < 512 && at(1) < 512;
    case Bus::kXor:
      return at(0) >= kMinXorWidth && at(0) <= kMaxXorWidth && (at(1) | at(2)) >> at(0) == 0 &&
             at(3) == (at(1) ^ at(2));
    default:
      return is_direct(m.bus);
  }
}

/// The first message that a row uses and no table holds, by the name of its bus; "" if there is
/// none.
inline std::string false_use(const Image& image, const ChipEvaluation& row) {
  for (const ChipTerm& t : row.terms) {
    if (t.sign > 0 && !tables_hold(image, t.message)) return bus_name(t.message.bus);
  }
  return "";
}

/// Whether two rows say the same where rows answer rows: what one takes the other takes, too.
inline bool same_direct_terms(const ChipEvaluation& a, const ChipEvaluation& b) {
  BusBalance difference;
  for (const ChipTerm& t : a.terms) {
    if (is_direct(t.message.bus)) difference.add(t.sign, t.multiplicity, t.message);
  }
  for (const ChipTerm& t : b.terms) {
    if (is_direct(t.message.bus)) difference.add(-t.sign, t.multiplicity, t.message);
  }
  return difference.unbalanced_count() == 0;
}

}  // namespace cairn
