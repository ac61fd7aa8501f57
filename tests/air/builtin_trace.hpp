// Instances of one builtin in the clear: an image that holds them, the rows of the chips that serve
// them, changed at will, and what those rows say.
#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "air/bus_balance.hpp"
#include "air/chips/limbs.hpp"
#include "air/image.hpp"
#include "air/part.hpp"
#include "air/row_evaluator.hpp"

namespace cairn {

/// The cells of a builtin segment, and nothing else. Chip is the opener.
template <class Chip>
class BuiltinImage {
 public:
  static constexpr uint32_t kBegin = 17;

  explicit BuiltinImage(const std::vector<Felt>& values) : cells_(kBegin, Cell{Cell::kHole}) {
    for (const Felt& value : values) {
      const bool small = (value.word[1] | value.word[2] | value.word[3]) == 0 &&
                         value.word[0] < static_cast<uint64_t>(Cell::kBias);
      if (small) {
        cells_.push_back({static_cast<uint32_t>(value.word[0]) + Cell::kBias});
      } else {
        cells_.push_back({Cell::kBig | static_cast<uint32_t>(big_.size())});
        big_.push_back(value);
      }
    }
    image.cells = cells_.data();
    image.cell_end = static_cast<uint32_t>(cells_.size());
    image.big = big_.data();
    image.big_count = static_cast<uint32_t>(big_.size());
    constexpr int kBuiltin = static_cast<int>(Chip::kBuiltin);
    image.builtin[kBuiltin] = {kBegin, image.cell_end};
    const size_t instances = values.size() / Chip::kCellsPerRow;
    work_.resize(instances * Chip::kWorkFelts);
    image.work[kBuiltin] = work_.data();
    for (size_t i = 0; i < instances; ++i) {
      Chip::make_work(image, kBegin + static_cast<uint32_t>(i) * Chip::kCellsPerRow,
                      work_.data() + i * Chip::kWorkFelts);
    }
  }
  BuiltinImage(const BuiltinImage&) = delete;

  uint32_t instances() const {
    return (image.cell_end - kBegin) / static_cast<uint32_t>(Chip::kCellsPerRow);
  }

  Image image{};

 private:
  std::vector<Cell> cells_;
  std::vector<Felt> big_, work_;
};

/// What rows say: constraints that do not vanish, by name, and messages.
struct RowsOutcome {
  std::vector<std::string> broken;
  std::vector<std::string> invalid;  // uses that no table provides
  BusBalance chains;                 // of the buses without tables
  uint64_t table_uses = 0;

  bool sound() const { return broken.empty() && invalid.empty() && chains.unbalanced_count() == 0; }
};

/// Sends what rows say to an outcome.
class OutcomeSink {
 public:
  OutcomeSink(const Image& image, RowsOutcome& outcome) : image_(image), outcome_(outcome) {}

  void constraint(int, const char* what, KoalaBear value) {
    if (!(value == KoalaBear(0))) outcome_.broken.emplace_back(what);
  }
  void message(int sign, KoalaBear multiplicity, const ClearMessage& m) {
    if (multiplicity == KoalaBear(0)) return;
    if (is_direct(m.bus)) {
      outcome_.chains.add(sign, multiplicity, m);
    } else if (sign > 0) {
      ++outcome_.table_uses;
      if (!(multiplicity == KoalaBear(1)) || !provided(m)) {
        outcome_.invalid.emplace_back(bus_name(m.bus));
      }
    }
  }
  /// Whether fixed tables other than the general ones provide it; set by tests of chips that use
  /// such.
  std::function<bool(const ClearMessage&)> in_table;

 private:
  bool provided(const ClearMessage& m) const {
    const auto at = [&m](int i) { return m.coordinate[i].canonical(); };
    switch (m.bus) {
      case Bus::kRange:
        return at(1) >> at(0) == 0;
      case Bus::kPair9:
        return at(0) < 512 && at(1) < 512;
      case Bus::kMemory: {
        if (at(0) < 1 || at(0) >= image_.cell_end) return false;
        const Cell cell = image_.cell(at(0));
        return !cell.hole() && cell.kappa() == at(1) && cell.payload() == at(2);
      }
      case Bus::kValue9:
      case Bus::kValue27: {
        if (at(0) > 1 || (at(0) == 1 && at(1) >= image_.big_count)) return false;
        const Felt value = image_.value({at(0) << 31 | at(1)});
        const int count = m.bus == Bus::kValue9 ? kLimbs9 : kLimbs27;
        for (int i = 0; i < count; ++i) {
          const uint32_t limb = m.bus == Bus::kValue9 ? value.limb9(i) : value.limb27(i);
          if ((i + 2 < m.length ? at(i + 2) : 0) != limb) return false;
        }
        return true;
      }
      default:
        return in_table && in_table(m);
    }
  }

  const Image& image_;
  RowsOutcome& outcome_;
};

/// The rows of one part.
template <class Chip>
struct Trace {
  static constexpr int kColumns = kShape<Chip>.columns;
  using Row = typename Chip::template Columns<KoalaBear>;

  Part part;
  std::vector<Row> rows;

  uint32_t height() const { return static_cast<uint32_t>(rows.size()); }
  KoalaBear& cell(uint32_t row, int column) {
    return reinterpret_cast<KoalaBear*>(&rows[row])[column];
  }

  void evaluate_row(uint32_t row, OutcomeSink& sink) const {
    const auto* main = reinterpret_cast<const KoalaBear*>(&rows[row]);
    const auto* next = reinterpret_cast<const KoalaBear*>(&rows[(row + 1) % height()]);
    const RowContext context{main,
                             next,
                             nullptr,
                             row == 0,
                             row + 1 == height(),
                             part.range_begin,
                             part.range_end,
                             static_cast<int>(part.log_height)};
    RowEvaluator<Chip, OutcomeSink> evaluator(context, sink);
    Chip::evaluate(evaluator);
  }
  void evaluate(OutcomeSink& sink) const {
    for (uint32_t row = 0; row < height(); ++row) evaluate_row(row, sink);
  }
};

/// Rows for `count` calls from `first` on (openers: instances).
template <class Chip>
Trace<Chip> fill_trace(const Image& image, uint32_t first, uint32_t count) {
  uint32_t rows = count;
  if constexpr (requires { Chip::kRowsPerCall; }) rows *= Chip::kRowsPerCall;
  uint32_t log_height = kMinLogHeight;
  while ((1u << log_height) < rows) ++log_height;
  Trace<Chip> trace{{0, log_height, first, count, 0, 0}, {}};
  if constexpr (Chip::kKind == Kind::kBuiltin) {
    const uint32_t begin = image.builtin[static_cast<int>(Chip::kBuiltin)].begin;
    trace.part.range_begin = begin + first * Chip::kCellsPerRow;
    trace.part.range_end = trace.part.range_begin + count * Chip::kCellsPerRow;
  }
  for (uint32_t row = 0; row < trace.part.height(); ++row) {
    trace.rows.push_back(Chip::fill(image, Counts{}, trace.part, row));
  }
  return trace;
}

/// The places, among `rows`, where a changed cell goes unnoticed: no constraint breaks, no use is
/// without a table entry, and no message changes on the buses without tables. As "row:column".
template <class Chip>
std::vector<std::string> free_cells(Trace<Chip> trace, const std::vector<uint32_t>& rows,
                                    const Image& image,
                                    const std::function<bool(const ClearMessage&)>& in_table) {
  std::vector<std::string> found;
  for (const uint32_t row : rows) {
    const uint32_t before = (row + trace.height() - 1) % trace.height();
    const auto outcome = [&](int sign, RowsOutcome& result) {
      RowsOutcome one;
      OutcomeSink sink(image, one);
      sink.in_table = in_table;
      trace.evaluate_row(row, sink);
      trace.evaluate_row(before, sink);
      result.broken.insert(result.broken.end(), one.broken.begin(), one.broken.end());
      result.invalid.insert(result.invalid.end(), one.invalid.begin(), one.invalid.end());
      for (const MessageKey& key : one.chains.unbalanced(SIZE_MAX)) {
        const KoalaBear amount = one.chains.balance(key);
        result.chains.add(key, sign > 0 ? amount : -amount);
      }
    };
    RowsOutcome base;
    outcome(-1, base);
    for (int column = 0; column < Trace<Chip>::kColumns; ++column) {
      const KoalaBear honest = trace.cell(row, column);
      for (const int64_t delta : {1, -1, 2, 256, -256}) {
        trace.cell(row, column) = honest + delta;
        RowsOutcome changed = base;
        outcome(+1, changed);
        if (changed.sound()) {
          found.push_back(std::to_string(row) + ":" + std::to_string(column));
          break;
        }
      }
      trace.cell(row, column) = honest;
    }
  }
  return found;
}

}  // namespace cairn
