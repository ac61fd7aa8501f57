// Rows of one chip in the clear, without the list of all chips: filled, changed at will, evaluated.
// And a memory that is made by hand.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "air/image.hpp"
#include "air/part.hpp"
#include "air/row_evaluator.hpp"

namespace cairn::hand_made {

struct Term {
  int sign;  // + for a use
  KoalaBear multiplicity;
  ClearMessage message;
};

struct Evaluation {
  std::vector<std::string> broken;  // names of constraints that do not vanish
  std::vector<Term> terms;          // those of multiplicity other than 0

  void constraint(int, const char* what, KoalaBear value) {
    if (!(value == KoalaBear(0))) broken.emplace_back(what);
  }
  void message(int sign, KoalaBear multiplicity, const ClearMessage& m) {
    if (!(multiplicity == KoalaBear(0))) terms.push_back({sign, multiplicity, m});
  }
};

using Cells = std::vector<KoalaBear>;

template <class Chip>
Cells cells_of(const typename Chip::template Columns<KoalaBear>& columns) {
  const auto* first = reinterpret_cast<const KoalaBear*>(&columns);
  return Cells(first, first + kShape<Chip>.columns);
}

/// Row `row` of a part, whose cells are given, before a row whose cells are given as well.
template <class Chip>
Evaluation evaluate(const Part& part, uint32_t row, const Cells& main, const Cells& next) {
  Evaluation result;
  const RowContext context{main.data(),
                           next.data(),
                           nullptr,
                           row == 0,
                           row + 1 == part.height(),
                           KoalaBear(part.range_begin),
                           KoalaBear(part.range_end),
                           static_cast<int>(part.log_height)};
  RowEvaluator<Chip, Evaluation> evaluator(context, result);
  Chip::evaluate(evaluator);
  return result;
}

/// A message in plain integers, zeros at its end left out: bus, then coordinates.
inline std::vector<uint32_t> plain(const ClearMessage& m) {
  std::vector<uint32_t> result{static_cast<uint32_t>(m.bus)};
  for (int i = 0; i < m.length; ++i) result.push_back(m.coordinate[i].canonical());
  while (result.back() == 0) result.pop_back();
  return result;
}

/// Whether a fixed table holds the message that a row uses; messages of other buses pass.
inline bool in_table(const ClearMessage& m) {
  const auto at = [&m](int i) { return m.coordinate[i].canonical(); };
  switch (m.bus) {
    case Bus::kRange:
      return at(1) >> at(0) == 0;
    case Bus::kPair9:
      return at(0) < 512 && at(1) < 512;
    case Bus::kXor:
      return at(1) >> at(0) == 0 && at(2) >> at(0) == 0 && at(3) == (at(1) ^ at(2));
    default:
      return true;
  }
}

/// Whether a row's constraints hold and its lookups in fixed tables succeed.
inline bool locally_valid(const Evaluation& e) {
  return e.broken.empty() && std::all_of(e.terms.begin(), e.terms.end(), [](const Term& t) {
           return t.sign < 0 || in_table(t.message);
         });
}

/// What the row says to others: its terms on buses that are no fixed range or xor table, with
/// multiplicities.
using Said = std::map<std::vector<uint32_t>, uint32_t>;
inline void listen(Said& said, const Evaluation& e) {
  for (const Term& t : e.terms) {
    if (t.message.bus == Bus::kRange || t.message.bus == Bus::kPair9 || t.message.bus == Bus::kXor)
      continue;
    const std::vector<uint32_t> key = plain(t.message);
    const KoalaBear sum = KoalaBear(said[key]) + (t.sign > 0 ? t.multiplicity : -t.multiplicity);
    said[key] = sum.canonical();
    if (said[key] == 0) said.erase(key);
  }
}
inline Said said(const Evaluation& e) {
  Said result;
  listen(result, e);
  return result;
}

/// A memory made by hand: every cell a row of BIG.
class HandMadeImage {
 public:
  explicit HandMadeImage(const std::vector<Felt>& values) : big_(values) {
    cells_.push_back(Cell{Cell::kHole});
    for (uint32_t i = 0; i < values.size(); ++i) cells_.push_back(Cell{Cell::kBig | i});
    image_.cells = cells_.data();
    image_.cell_end = static_cast<uint32_t>(cells_.size());
    image_.big = big_.data();
    image_.big_count = static_cast<uint32_t>(big_.size());
  }
  HandMadeImage(const HandMadeImage&) = delete;
  HandMadeImage& operator=(const HandMadeImage&) = delete;

  /// The cells from address 1 on, all of them, are the builtin's.
  void set_builtin(Builtin builtin) {
    image_.builtin[static_cast<int>(builtin)] = {1, image_.cell_end};
  }
  void set_immediate(uint32_t address, int32_t value) {
    cells_[address] = Cell{static_cast<uint32_t>(value + Cell::kBias)};
  }
  void set_work(Builtin builtin, std::vector<Felt> work) {
    work_ = std::move(work);
    image_.work[static_cast<int>(builtin)] = work_.data();
  }
  const Image& image() const { return image_; }

  /// Memory and value messages that a row may use.
  bool holds(const ClearMessage& m) const {
    const auto at = [&m](int i) { return m.coordinate[i].canonical(); };
    if (m.bus == Bus::kMemory) {
      if (at(0) == 0 || at(0) >= image_.cell_end) return false;
      const Cell cell = image_.cell(at(0));
      return at(1) == cell.kappa() && at(2) == cell.payload();
    }
    if (m.bus == Bus::kValue9) {
      if (at(0) != 0 && at(1) >= image_.big_count) return false;
      const Felt value = image_.value(Cell{at(0) != 0 ? Cell::kBig | at(1) : at(1)});
      for (int i = 0; i < 28; ++i) {
        if (at(2 + i) != value.limb9(i)) return false;
      }
    }
    return true;
  }
  bool holds(const Evaluation& e) const {
    return std::all_of(e.terms.begin(), e.terms.end(),
                       [this](const Term& t) { return t.sign < 0 || holds(t.message); });
  }

 private:
  std::vector<Cell> cells_;
  std::vector<Felt> big_;
  std::vector<Felt> work_;
  Image image_{};
};

}  // namespace cairn::hand_made
