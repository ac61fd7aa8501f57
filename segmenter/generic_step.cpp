// The whole Cairo machine, one instruction at a time, for instructions that no chip covers yet.
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

}  // namespace

std::string execute_generic(const CellReader& cells, const Decoded& d, State& s) {
  const auto read = [&](const char* name, int64_t address, Felt& value) -> std::string {
    const Cell cell = cells[address];
    if (cell.hole()) return fmt::format("{} is at address {}, which has no value", name, address);
    value = cells.memory().value(cell);
    return {};
  };
  Felt dst{}, op0{}, op1{};
  std::string problem;
  const bool jnz = d.flag(kJnz);
  const bool call = d.flag(kCall);
  const bool arithmetic = d.flag(kResAdd) || d.flag(kResMul);
  const bool stack_op1 = d.flag(kOp1Imm) || d.flag(kOp1Fp) || d.flag(kOp1Ap);
  if (jnz || call || d.flag(kRet) || d.flag(kAssertEq)) {
    problem = read("dst", dst_address(d, s), dst);
  }
  if (problem.empty() && (arithmetic || call || !stack_op1)) {
    problem = read("op0", op0_address(d, s), op0);
  }
  if (problem.empty()) {
    int64_t address = op1_address(d, s);
    if (!stack_op1) {
      const std::optional<int64_t> pointer = small_value(op0);
      if (!pointer) return fmt::format("op0 = {} is no address", to_text(op0));
      address = *pointer + d.o2;
    }
    problem = read("op1", address, op1);
  }
  if (!problem.empty()) return problem;

  const Felt result = d.flag(kResAdd)   ? (Felt252(op0) + Felt252(op1)).integer()
                      : d.flag(kResMul) ? (Felt252(op0) * Felt252(op1)).integer()
                                        : op1;
  if (d.flag(kAssertEq) && dst != result) {
    return fmt::format("assert_eq: dst = {}, res = {}", to_text(dst), to_text(result));
  }
  if (call && (dst != integer_felt(s.fp) || op0 != integer_felt(uint64_t{s.pc} + d.size))) {
    return fmt::format("call: saves {} and {}, not fp and the return address", to_text(dst),
                       to_text(op0));
  }
  const std::optional<int64_t> step = small_value(result);
  int64_t pc = int64_t{s.pc} + d.size;
  int64_t ap = int64_t{s.ap} + d.ap_step;
  const bool taken = jnz && dst != integer_felt(0);
  if (taken || d.flag(kJumpAbs) || d.flag(kJumpRel) || d.flag(kApAdd)) {
    if (!step) return fmt::format("res = {} is no address and no step", to_text(result));
    if (taken || d.flag(kJumpRel)) pc = int64_t{s.pc} + *step;
    if (d.flag(kJumpAbs)) pc = *step;
    if (d.flag(kApAdd)) ap = int64_t{s.ap} + *step;
  }
  if (pc != 0 && !cells.contains(pc)) return fmt::format("jump to {}, outside the memory", pc);
  if (ap < 0 || ap >= int64_t{1} << 31) return fmt::format("ap becomes {}", ap);
  if (d.flag(kRet)) {
    const std::optional<int64_t> frame = small_value(dst);
    if (!frame || *frame < 0) return fmt::format("ret: fp = {} is no address", to_text(dst));
    s.fp = static_cast<uint32_t>(*frame);
  }
  s.pc = static_cast<uint32_t>(pc);
  s.ap = static_cast<uint32_t>(ap);
  if (call) s.fp = s.ap;
  return {};
}

}  // namespace cairn
