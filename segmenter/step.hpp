// One step of the Cairo machine over packed cells: the next state, and nothing that it does not
// need.
#pragma once

#include <cstdint>
#include <string>

#include "air/chips/opcode.hpp"
#include "air/image.hpp"
#include "segmenter/classify.hpp"
#include "segmenter/memory_reader.hpp"

namespace cairn {

/// Memory as a step reads it: addresses that do not exist read as a hole.
class CellReader {
 public:
  explicit CellReader(const RunMemory& memory)
      : cells_(memory.cells.data()), end_(memory.cells.size()), memory_(&memory) {}

  Cell operator[](int64_t address) const {
    const uint64_t place = static_cast<uint64_t>(address);
    return cells_[place < end_ ? place : 0];
  }
  bool contains(int64_t address) const {
    return address > 0 && static_cast<uint64_t>(address) < end_;
  }
  const RunMemory& memory() const { return *memory_; }

 private:
  const Cell* cells_;  // address 0 is a hole
  uint64_t end_;
  const RunMemory* memory_;
};

inline int64_t dst_address(const Decoded& d, const State& s) {
  return int64_t{d.flag(kDstFp) ? s.fp : s.ap} + d.o0;
}
inline int64_t op0_address(const Decoded& d, const State& s) {
  return int64_t{d.flag(kOp0Fp) ? s.fp : s.ap} + d.o1;
}
/// For op1 = [pc + o2], [fp + o2] or [ap + o2].
inline int64_t op1_address(const Decoded& d, const State& s) {
  return int64_t{d.flag(kOp1Imm) ? s.pc : d.flag(kOp1Fp) ? s.fp : s.ap} + d.o2;
}

/// The cell of an immediate value below 2^28 in size.
inline Cell immediate_cell(int64_t value) { return {static_cast<uint32_t>(value + Cell::kBias)}; }

/// A step of any legal instruction, and the words whose limbs its row wants.
struct GenericStep {
  std::string problem;  // why there is no such step; the rest holds if this is empty
  State next{};
  Cell op0{}, op1{};
  Cell res{};  // the immediate 0 where the step uses no res
};

/// Executes and checks what the chip GENERIC proves, that is any legal instruction.
GenericStep execute_generic(const CellReader& cells, const Decoded& d, const State& s);

/// Moves `s` on by one step; false (and `s` as it was) if a cell
/// that the next state depends on is missing, is no immediate, or leads out of the memory. Does not
/// look at cells that only a proof must look at: see check_step().
inline bool next_state(const CellReader& cells, const Decoded& d, State& s) {
  const auto jump = [&](int64_t target) {
    if (target != 0 && !cells.contains(target)) return false;
    s.ap += d.ap_step;
    s.pc = static_cast<uint32_t>(target);
    return true;
  };
  switch (d.form) {
    case StepForm::kJnz: {
      const Cell dst = cells[dst_address(d, s)];
      if (dst.hole()) return false;
      if (dst.bits == immediate_cell(0).bits) break;
      const Cell target = cells[int64_t{s.pc} + 1];
      return target.immediate() && jump(int64_t{s.pc} + target.value());
    }
    case StepForm::kCallRelative:
    case StepForm::kCallAbsolute: {
      const Cell target = cells[op1_address(d, s)];
      const bool relative = d.form == StepForm::kCallRelative;
      if (!target.immediate() || !jump((relative ? int64_t{s.pc} : 0) + target.value()))
        return false;
      s.fp = s.ap;
      return true;
    }
    case StepForm::kReturn: {
      const Cell target = cells[int64_t{s.fp} - 1];
      const Cell frame = cells[int64_t{s.fp} - 2];
      if (!target.immediate() || !frame.immediate() || frame.value() < 0) return false;
      if (!jump(target.value())) return false;
      s.fp = static_cast<uint32_t>(frame.value());
      return true;
    }
    case StepForm::kJumpRelativeImmediate:
    case StepForm::kJumpRelative: {
      const Cell target = cells[op1_address(d, s)];
      return target.immediate() && jump(int64_t{s.pc} + target.value());
    }
    case StepForm::kJumpAbsolute: {
      const Cell target = cells[op1_address(d, s)];
      return target.immediate() && jump(target.value());
    }
    case StepForm::kJumpAbsoluteDoubleDeref: {
      const Cell pointer = cells[op0_address(d, s)];
      if (!pointer.immediate()) return false;
      const Cell target = cells[int64_t{pointer.value()} + d.o2];
      return target.immediate() && jump(target.value());
    }
    case StepForm::kAddAp: {
      const Cell step = cells[op1_address(d, s)];
      if (!step.immediate()) return false;
      const int64_t ap = int64_t{s.ap} + step.value();
      if (ap < 0 || ap >= Cell::kBias) return false;
      s.ap = static_cast<uint32_t>(ap);
      s.pc += d.size;
      return true;
    }
    case StepForm::kGeneric: {
      const GenericStep step = execute_generic(cells, d, s);
      if (!step.problem.empty()) return false;
      s = step.next;
      return true;
    }
    default:
      break;
  }
  s.pc += d.size;
  s.ap += d.ap_step;
  return true;
}

}  // namespace cairn
