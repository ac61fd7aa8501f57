// The second pass of replay: which chip proves each step, and whether it will succeed.
#include <algorithm>
#include <memory>

#include "air/chips.hpp"
#include "core/felt252.hpp"
#include "core/parallel.hpp"
#include "segmenter/blake2s_words.hpp"
#include "segmenter/replay.hpp"
#include "segmenter/step.hpp"
#include "segmenter/step_error.hpp"

namespace cairn {
namespace {

constexpr uint8_t kNoRow = 0xff;  // legal, but without a chip
constexpr uint8_t kFails = 0xfe;

constexpr uint8_t number(ChipId chip) { return static_cast<uint8_t>(chip); }

/// Collects payloads; repetitions are mostly dropped at once, the rest by sorting.
class PayloadSet {
 public:
  void add(Cell cell) {
    if (cell.kappa() != 0) return;
    uint32_t& recent = recent_[cell.payload() % kRecent];
    if (recent == cell.payload() + 1) return;
    recent = cell.payload() + 1;
    list_.push_back(cell.payload());
  }
  std::vector<uint32_t> take() {
    std::sort(list_.begin(), list_.end());
    list_.erase(std::unique(list_.begin(), list_.end()), list_.end());
    return std::move(list_);
  }

 private:
  static constexpr uint32_t kRecent = 1 << 12;
  std::vector<uint32_t> recent_ = std::vector<uint32_t>(kRecent);
  std::vector<uint32_t> list_;
};

/// One window: checks its steps and notes each one's chip.
class WindowCheck {
 public:
  explicit WindowCheck(const RunMemory& memory) : cells_(memory) {}

  /// The number of the chip that proves the step, kNoRow or kFails.
  uint8_t check_step(const Decoded& d, const State& s) {
    switch (d.form) {
      case StepForm::kAssertEqual:
      case StepForm::kAssertEqualImmediate:
        return equal(cells_[op1_address(d, s)], cells_[dst_address(d, s)],
                     d.form == StepForm::kAssertEqual ? ChipId::kAeq : ChipId::kAeqImmediate);
      case StepForm::kAssertEqualDoubleDeref: {
        const Cell pointer = cells_[op0_address(d, s)];
        if (!pointer.immediate()) return kFails;
        return equal(cells_[int64_t{pointer.value()} + d.o2], cells_[dst_address(d, s)],
                     ChipId::kAeqDoubleDeref);
      }
      case StepForm::kAdd:
        return add(cells_[op0_address(d, s)], cells_[op1_address(d, s)], cells_[dst_address(d, s)]);
      case StepForm::kMul:
        return multiply(cells_[op0_address(d, s)], cells_[op1_address(d, s)],
                        cells_[dst_address(d, s)]);
      case StepForm::kJnz:
        return number(cells_[dst_address(d, s)].bits == immediate_cell(0).bits
                          ? ChipId::kJnzNotTaken
                          : ChipId::kJnzTaken);
      case StepForm::kCallRelative:
      case StepForm::kCallAbsolute:
        if (cells_[s.ap].bits != immediate_cell(s.fp).bits ||
            cells_[int64_t{s.ap} + 1].bits != immediate_cell(s.pc + d.size).bits) {
          return kFails;
        }
        return number(d.form == StepForm::kCallRelative ? ChipId::kCallRelative
                                                        : ChipId::kCallAbsolute);
      case StepForm::kReturn:
        return number(ChipId::kReturn);
      case StepForm::kJumpRelativeImmediate:
        return number(ChipId::kJumpRelativeImmediate);
      case StepForm::kJumpRelative:
        return number(ChipId::kJumpRelative);
      case StepForm::kJumpAbsolute:
        return number(ChipId::kJumpAbsolute);
      case StepForm::kJumpAbsoluteDoubleDeref:
        return number(ChipId::kJumpAbsoluteDoubleDeref);
      case StepForm::kAddAp:
        return number(ChipId::kAddAp);
      case StepForm::kBlake2s:
        return blake2s(d, s);
      case StepForm::kGeneric: {
        const GenericStep step = execute_generic(cells_, d, s);
        if (!step.problem.empty()) return kFails;
        return wide(step.op0, step.op1, step.res, ChipId::kGeneric);
      }
      default:
        return kNoRow;
    }
  }

  std::vector<uint32_t> immediates() { return immediates_.take(); }

 private:
  static uint8_t equal(Cell a, Cell b, ChipId chip) {
    return a.bits == b.bits && !a.hole() ? number(chip) : kFails;
  }
  uint8_t add(Cell a, Cell b, Cell c) {
    if ((a.bits | b.bits | c.bits) & Cell::kHole) return kFails;
    if (a.immediate() && b.immediate() && c.immediate()) {
      return a.value() + b.value() == c.value() ? number(ChipId::kAddSmall) : kFails;
    }
    if (Felt252(value(a)) + Felt252(value(b)) != Felt252(value(c))) return kFails;
    return wide(a, b, c, ChipId::kAddBig);
  }
  uint8_t multiply(Cell a, Cell b, Cell c) {
    if ((a.bits | b.bits | c.bits) & Cell::kHole) return kFails;
    const Felt x = value(a);
    const Felt y = value(b);
    const Felt z = value(c);
    if (fits(x, 36) && fits(y, 36) && fits(z, 72)) {
      const unsigned __int128 product = static_cast<unsigned __int128>(x.word[0]) * y.word[0];
      const Felt exact{
          {static_cast<uint64_t>(product), static_cast<uint64_t>(product >> 64), 0, 0}};
      return exact == z ? wide(a, b, c, ChipId::kMulSmall) : kFails;
    }
    return Felt252(x) * Felt252(y) == Felt252(z) ? wide(a, b, c, ChipId::kMulBig) : kFails;
  }
  uint8_t blake2s(const Decoded& d, const State& s) {
    if (!Blake2sPlaces::exist(cells_, d, s)) return kFails;
    const Blake2sPlaces places(cells_, d, s);
    bool good = true;
    const auto want_words = [&](int64_t first, int count) {
      for (int i = 0; i < count; ++i) {
        good &= is_word(cells_, cells_[first + i]);
        immediates_.add(cells_[first + i]);
      }
    };
    want_words(places.state, 8);
    want_words(places.message, 16);
    want_words(places.counter, 1);
    want_words(places.output, 8);
    if (!good) return kFails;
    uint32_t result[8];
    compute_blake2s(cells_, d, places, result);
    for (int i = 0; i < 8; ++i) {
      if (value(cells_[places.output + i]) != Felt{{result[i], 0, 0, 0}}) return kFails;
    }
    return number(ChipId::kBlake2s);
  }
  /// A row of a chip that wants its three words as limbs.
  uint8_t wide(Cell a, Cell b, Cell c, ChipId chip) {
    immediates_.add(a);
    immediates_.add(b);
    immediates_.add(c);
    return number(chip);
  }
  static bool fits(const Felt& v, int bits) {
    const uint64_t high = bits < 64 ? v.word[0] >> bits | v.word[1] : v.word[1] >> (bits - 64);
    return (high | v.word[2] | v.word[3]) == 0;
  }
  Felt value(Cell cell) const { return cells_.memory().value(cell); }

  CellReader cells_;
  PayloadSet immediates_;
};

struct Window {
  std::array<uint32_t, kChipCount> rows{};
  std::array<uint64_t, kStepFormCount> forms{};
  std::vector<uint32_t> immediates;
};

}  // namespace

StepRows classify_run(const RunMemory& memory, const Relocation& relocation, const Run& run,
                      int threads) {
  const CellReader cells(memory);
  const size_t count = run.checkpoints.size();
  std::vector<Window> windows(count);
  const auto chips = std::make_unique_for_overwrite<uint8_t[]>(run.steps);
  const auto window_end = [&](size_t w) { return std::min((w + 1) * kWindow, run.steps); };

  run_parallel(count, threads, [&](size_t w) {
    WindowCheck check(memory);
    Window window;
    State s = run.checkpoints[w];
    for (uint64_t step = w * kWindow; step < window_end(w); ++step) {
      const Decoded& d = run.instructions.at(s.pc);
      const uint8_t chip = check.check_step(d, s);
      if (chip == kFails) explain_step(memory, relocation, step, s, d);
      chips[step] = chip;
      if (chip != kNoRow) ++window.rows[chip];
      ++window.forms[static_cast<int>(d.form)];
      next_state(cells, d, s);
    }
    window.immediates = check.immediates();
    windows[w] = std::move(window);
  });

  if (run.broken) std::rethrow_exception(run.broken);

  StepRows result;
  for (const Window& w : windows) {
    for (int i = 0; i < kStepFormCount; ++i) result.forms[i] += w.forms[i];
    result.immediates.insert(result.immediates.end(), w.immediates.begin(), w.immediates.end());
  }
  std::sort(result.immediates.begin(), result.immediates.end());
  result.immediates.erase(std::unique(result.immediates.begin(), result.immediates.end()),
                          result.immediates.end());

  // Chips one after another, and within a chip window after window: each window knows its places.
  uint32_t total = 0;
  for (uint32_t chip = 0; chip < kMaxChips; ++chip) {
    result.begin[chip] = total;
    if (chip >= kChipCount) continue;
    for (Window& w : windows) {
      const uint32_t rows = w.rows[chip];
      w.rows[chip] = total;
      total += rows;
    }
  }
  result.begin[kMaxChips] = total;
  result.states.resize(total);
  run_parallel(count, threads, [&](size_t w) {
    auto place = windows[w].rows;
    State s = run.checkpoints[w];
    for (uint64_t step = w * kWindow; step < window_end(w); ++step) {
      if (chips[step] != kNoRow) result.states[place[chips[step]]++] = s;
      next_state(cells, run.instructions.at(s.pc), s);
    }
  });
  return result;
}

}  // namespace cairn
