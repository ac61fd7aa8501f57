// The whole Cairo machine, one instruction at a time: what the chip GENERIC proves.
#include <optional>

#include <fmt/format.h>

#include "core/felt252.hpp"
#include "segmenter/felt_text.hpp"
#include "segmenter/step.hpp"

namespace cairn {
namespace {

Felt integer_felt(uint64_t value) { return {{value, 0, 0, 0}}; }

/// The value as an integer in [-2^28, 2^28), if it is one.
std::optional<int64_t> small_value(const Felt& v) {
  const Cell cell = pack_immediate(v);
  if (cell.hole()) return std::nullopt;
  return cell.value();
}

GenericStep refusal(std::string problem) {
  GenericStep step;
  step.problem = std::move(problem);
  return step;
}

}  // namespace

GenericStep execute_generic(const CellReader& cells, const Decoded& d, const State& s) {
  GenericStep step;
  // All operands are read, used or not: every Cairo machine wants them there, and so does the chip.
  const auto read = [&](const char* name, int64_t address, Cell& cell, Felt& value) {
    cell = cells[address];
    if (cell.hole()) {
      step.problem = fmt::format("{} is at address {}, which has no value", name, address);
      return false;
    }
    value = cells.memory().value(cell);
    return true;
  };
  Cell dst_cell{};
  Felt dst{}, op0{}, op1{};
  if (!read("dst", dst_address(d, s), dst_cell, dst) ||
      !read("op0", op0_address(d, s), step.op0, op0)) {
    return step;
  }
  int64_t address = op1_address(d, s);
  if (!d.flag(kOp1Imm) && !d.flag(kOp1Fp) && !d.flag(kOp1Ap)) {
    const std::optional<int64_t> pointer = small_value(op0);
    if (!pointer) return refusal(fmt::format("op0 = {} is no address", to_text(op0)));
    address = *pointer + d.o2;
  }
  if (!read("op1", address, step.op1, op1)) return step;

  const bool call = d.flag(kCall);
  const Felt result = d.flag(kResAdd)   ? (Felt252(op0) + Felt252(op1)).integer()
                      : d.flag(kResMul) ? (Felt252(op0) * Felt252(op1)).integer()
                                        : op1;
  step.res = immediate_cell(0);
  if (d.flag(kAssertEq)) {
    if (dst != result) {
      return refusal(fmt::format("assert_eq: dst = {}, res = {}", to_text(dst), to_text(result)));
    }
    step.res = dst_cell;
  }
  if (call && (dst != integer_felt(s.fp) || op0 != integer_felt(uint64_t{s.pc} + d.size))) {
    return refusal(fmt::format("call: saves {} and {}, not fp and the return address", to_text(dst),
                               to_text(op0)));
  }
  int64_t pc = int64_t{s.pc} + d.size;
  int64_t ap = int64_t{s.ap} + d.ap_step;
  const bool taken = d.flag(kJnz) && dst != integer_felt(0);
  if (taken || d.flag(kJumpAbs) || d.flag(kJumpRel) || d.flag(kApAdd)) {
    const std::optional<int64_t> distance = small_value(result);
    if (!distance) {
      return refusal(fmt::format("res = {} is no address and no step", to_text(result)));
    }
    step.res = immediate_cell(*distance);
    if (taken || d.flag(kJumpRel)) pc = int64_t{s.pc} + *distance;
    if (d.flag(kJumpAbs)) pc = *distance;
    if (d.flag(kApAdd)) ap = int64_t{s.ap} + *distance;
  }
  if (pc != 0 && !cells.contains(pc)) {
    return refusal(fmt::format("jump to {}, outside the memory", pc));
  }
  if (ap < 0 || ap >= Cell::kBias) {
    return refusal(fmt::format("ap becomes {}, outside [0, 2^28)", ap));
  }
  step.next = {static_cast<uint32_t>(pc), static_cast<uint32_t>(ap),
               call ? static_cast<uint32_t>(ap) : s.fp};
  if (d.flag(kRet)) {
    const std::optional<int64_t> frame = small_value(dst);
    if (!frame || *frame < 0) {
      return refusal(fmt::format("ret: fp = {} is no address", to_text(dst)));
    }
    step.next.fp = static_cast<uint32_t>(*frame);
  }
  return step;
}

}  // namespace cairn
