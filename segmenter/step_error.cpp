#include "segmenter/step_error.hpp"

#include <fmt/format.h>

#include "core/error.hpp"
#include "segmenter/blake2s_words.hpp"
#include "segmenter/felt_text.hpp"
#include "segmenter/step.hpp"

namespace cairn {
namespace {

/// Looks at one step's operands, in the order in which the instruction needs them.
class Explanation {
 public:
  Explanation(const RunMemory& memory, const Relocation& relocation, const State& s,
              const Decoded& d)
      : cells_(memory), relocation_(relocation), s_(s), d_(d) {}

  std::string text() {
    switch (d_.form) {
      case StepForm::kAssertEqual:
      case StepForm::kAssertEqualImmediate:
      case StepForm::kAssertEqualDoubleDeref:
      case StepForm::kAdd:
      case StepForm::kMul:
        return assertion();
      case StepForm::kCallRelative:
      case StepForm::kCallAbsolute:
        return call();
      case StepForm::kReturn:
        return first({read("[fp-1]", int64_t{s_.fp} - 1, true),
                      read("[fp-2]", int64_t{s_.fp} - 2, true), frame()});
      case StepForm::kAddAp:
        return first({read_op1(true), fmt::format("ap + {} is outside [0, 2^28)", value_op1())});
      case StepForm::kGeneric:
        return execute_generic(cells_, d_, s_).problem;
      case StepForm::kBlake2s: {
        const std::string bad =
            first({read(op0_name(), op0_address(d_, s_), true), read_op1(true),
                   read("[ap]", s_.ap, true), read(dst_name(), dst_address(d_, s_), false)});
        return bad.empty() ? blake2s() : bad;
      }
      case StepForm::kJnz:
        return first({read(dst_name(), dst_address(d_, s_), false), read_op1(true), jump(true)});
      case StepForm::kJumpRelative:
      case StepForm::kJumpRelativeImmediate:
        return first({read_op1(true), jump(true)});
      default:
        return first({read_op1(true), jump(false)});
    }
  }

 private:
  static std::string first(std::initializer_list<std::string> complaints) {
    for (const std::string& complaint : complaints) {
      if (!complaint.empty()) return complaint;
    }
    return {};
  }
  static std::string place(bool fp, int offset) {
    return offset == 0 ? fmt::format("[{}]", fp ? "fp" : "ap")
                       : fmt::format("[{}{:+d}]", fp ? "fp" : "ap", offset);
  }
  std::string dst_name() const { return place(d_.flag(kDstFp), d_.o0); }
  std::string op0_name() const { return place(d_.flag(kOp0Fp), d_.o1); }
  bool double_deref() const { return !d_.flag(kOp1Imm) && !d_.flag(kOp1Fp) && !d_.flag(kOp1Ap); }
  std::string op1_name() const {
    if (d_.flag(kOp1Imm)) return "the immediate";
    if (double_deref()) return fmt::format("[{}{:+d}]", op0_name(), d_.o2);
    return place(d_.flag(kOp1Fp), d_.o2);
  }
  int64_t op1_place() const {
    return double_deref() ? int64_t{cells_[op0_address(d_, s_)].value()} + d_.o2
                          : op1_address(d_, s_);
  }
  std::string value(int64_t address) const {
    return to_text(cells_.memory().value(cells_[address]));
  }
  std::string value_op1() const { return value(op1_place()); }

  /// What is wrong with a cell, if anything.
  std::string read(const std::string& name, int64_t address, bool small) const {
    if (!cells_.contains(address)) {
      return fmt::format("{} is at address {}, outside the memory", name, address);
    }
    const Cell cell = cells_[address];
    if (cell.hole())
      return fmt::format("{} is {}, which has no value", name, relocation_.name(address));
    if (small && !cell.immediate()) {
      return fmt::format("{} = {} is no address and no step", name, value(address));
    }
    return {};
  }
  std::string read_op1(bool small) const {
    const std::string pointer = double_deref() ? read(op0_name(), op0_address(d_, s_), true) : "";
    return pointer.empty() ? read(op1_name(), op1_place(), small) : pointer;
  }

  std::string assertion() const {
    const bool sum = d_.form == StepForm::kAdd;
    const bool arithmetic = sum || d_.form == StepForm::kMul;
    const std::string bad = first({arithmetic ? read(op0_name(), op0_address(d_, s_), false) : "",
                                   read_op1(false), read(dst_name(), dst_address(d_, s_), false)});
    if (!bad.empty()) return bad;
    const std::string dst = fmt::format("{} = {}", dst_name(), value(dst_address(d_, s_)));
    if (!arithmetic) return fmt::format("assert_eq: {}, {} = {}", dst, op1_name(), value_op1());
    return fmt::format("assert_eq: {}, {} {} {} = {} {} {}", dst, op0_name(), sum ? "+" : "*",
                       op1_name(), value(op0_address(d_, s_)), sum ? "+" : "*", value_op1());
  }
  std::string call() const {
    const std::string bad = first(
        {read("[ap]", s_.ap, false), read("[ap+1]", int64_t{s_.ap} + 1, false), read_op1(true)});
    if (!bad.empty()) return bad;
    const Cell saved = cells_[s_.ap];
    const Cell back = cells_[int64_t{s_.ap} + 1];
    if (saved.bits != immediate_cell(s_.fp).bits) {
      return fmt::format("call: [ap] = {}, fp is {}", value(s_.ap), s_.fp);
    }
    if (back.bits != immediate_cell(s_.pc + d_.size).bits) {
      return fmt::format("call: [ap+1] = {}, the return address is {}", value(int64_t{s_.ap} + 1),
                         s_.pc + d_.size);
    }
    return jump(d_.form == StepForm::kCallRelative);
  }
  std::string blake2s() const {
    const Blake2sPlaces places(cells_, d_, s_);
    const std::string bad =
        first({words("counter", places.counter, 1), words("chaining value", places.state, 8),
               words("message", places.message, 16), words("result", places.output, 8)});
    if (!bad.empty()) return bad;
    uint32_t result[8];
    compute_blake2s(cells_, d_, places, result);
    for (int i = 0; i < 8; ++i) {
      const Felt word = cells_.memory().value(cells_[places.output + i]);
      if (word.word[0] != result[i]) {
        return fmt::format("blake2s: word {} of the result is {}, not {}", i, to_text(word),
                           result[i]);
      }
    }
    return {};
  }
  std::string words(const std::string& name, int64_t first, int count) const {
    for (int i = 0; i < count; ++i) {
      const std::string word = fmt::format("blake2s: word {} of the {}", i, name);
      const std::string bad = read(word, first + i, false);
      if (!bad.empty()) return bad;
      if (is_word(cells_, cells_[first + i])) continue;
      return fmt::format("{} is {}, not below 2^32", word, value(first + i));
    }
    return {};
  }
  std::string jump(bool relative) const {
    return fmt::format("jump to {}, outside the memory",
                       (relative ? int64_t{s_.pc} : 0) + cells_[op1_place()].value());
  }
  std::string frame() const {
    const int64_t frame = cells_[int64_t{s_.fp} - 2].value();
    if (frame < 0) return fmt::format("ret: fp = {} is no address", frame);
    return fmt::format("jump to {}, outside the memory", cells_[int64_t{s_.fp} - 1].value());
  }

  CellReader cells_;
  const Relocation& relocation_;
  const State& s_;
  const Decoded& d_;
};

}  // namespace

void refuse_step(const Relocation& relocation, uint64_t step, uint32_t pc,
                 const std::string& complaint) {
  throw Error(Code::kBadInput,
              fmt::format("step {}: pc {}: {}", step, relocation.name(pc), complaint));
}

void explain_step(const RunMemory& memory, const Relocation& relocation, uint64_t step,
                  const State& s, const Decoded& d) {
  refuse_step(relocation, step, s.pc, Explanation(memory, relocation, s, d).text());
}

}  // namespace cairn
