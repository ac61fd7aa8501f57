#include "tests/air/small_run.hpp"

#include "core/error.hpp"
#include "tests/air/naive_felt.hpp"

namespace cairn {
namespace {

constexpr uint32_t kStackCells = 400;

Felt encode(const SmallInstruction& i) {
  const uint64_t word =
      static_cast<uint64_t>(i.o0 + kOffsetBias) | static_cast<uint64_t>(i.o1 + kOffsetBias) << 16 |
      static_cast<uint64_t>(i.o2 + kOffsetBias) << 32 | static_cast<uint64_t>(i.flags) << 48;
  return {{word, 0, 0, 0}};
}

/// A pointer or a jump distance: modulo P, read as signed.
uint32_t moved(uint32_t base, const Felt& by) {
  return static_cast<uint32_t>(naive::add(naive::felt(base), by).word[0]);
}

}  // namespace

uint32_t SmallRun::emit(const SmallInstruction& instruction) {
  const uint32_t offset = size();
  program_.push_back(encode(instruction));
  chips_[offset] = instruction.chip;
  return offset;
}

uint32_t SmallRun::emit(const SmallInstruction& instruction, const Felt& immediate) {
  const uint32_t offset = emit(instruction);
  program_.push_back(immediate);
  return offset;
}

const Felt& SmallRun::load(uint32_t address) const {
  const auto found = values_.find(address);
  if (found == values_.end()) {
    throw Error(Code::kBadInput, "small run: read of hole " + std::to_string(address));
  }
  return found->second;
}

void SmallRun::step(State& s) {
  const Instruction i = Instruction::decode(load(s.pc));
  const auto flag = [&](Flag f) { return i.flag(f) != 0; };
  memory_.add_state(chips_.at(s.pc - kProgramBase), s);
  const uint32_t dst_address = (flag(kDstFp) ? s.fp : s.ap) + i.o0;
  const uint32_t op0_address = (flag(kOp0Fp) ? s.fp : s.ap) + i.o1;
  const uint32_t size = flag(kOp1Imm) ? 2 : 1;
  if (flag(kCall)) {
    values_.emplace(s.ap, naive::felt(s.fp));
    values_.emplace(s.ap + 1, naive::felt(s.pc + size));
  }
  const uint32_t op1_address =
      flag(kOp1Imm)  ? s.pc + i.o2
      : flag(kOp1Fp) ? s.fp + i.o2
      : flag(kOp1Ap) ? s.ap + i.o2
                     : moved(static_cast<uint32_t>(load(op0_address).word[0]), naive::felt(i.o2));
  Felt res = load(op1_address);
  if (flag(kResAdd)) res = naive::add(load(op0_address), res);
  if (flag(kResMul)) res = naive::multiply(load(op0_address), res);
  if (flag(kAssertEq) && values_.emplace(dst_address, res).first->second != res) {
    throw Error(Code::kBadInput, "small run: assert_eq fails at " + std::to_string(s.pc));
  }

  State next{s.pc + size, s.ap, s.fp};
  if (flag(kJumpAbs)) next.pc = static_cast<uint32_t>(res.word[0]);
  if (flag(kJumpRel)) next.pc = moved(s.pc, res);
  if (flag(kJnz) && load(dst_address) != Felt{}) next.pc = moved(s.pc, res);
  if (flag(kApAdd)) next.ap = moved(s.ap, res);
  if (flag(kApAdd1)) next.ap = s.ap + 1;
  if (flag(kCall)) next.ap = next.fp = s.ap + 2;
  if (flag(kRet)) next.fp = static_cast<uint32_t>(load(dst_address).word[0]);
  s = next;
}

void SmallRun::run() {
  execution_base_ = kProgramBase + size() + 1;
  output_base_ = execution_base_ + kStackCells;
  range_check_base_ = output_base_ + static_cast<uint32_t>(output.size()) + 1;
  for (uint32_t i = 0; i < size(); ++i) values_[kProgramBase + i] = program_[i];
  for (uint32_t i = 0; i < output.size(); ++i) values_[output_base_ + i] = output[i];
  for (uint32_t i = 0; i < range_check.size(); ++i) values_[range_check_base_ + i] = range_check[i];
  const uint32_t stack[] = {output_base_, range_check_base_, 0, 0};
  for (uint32_t i = 0; i < 4; ++i) values_[execution_base_ + i] = naive::felt(stack[i]);
  State s{kProgramBase + main, execution_base_ + 4, execution_base_ + 4};
  for (int steps = 0; s.pc != 0; ++steps) {
    if (steps > 10000) throw Error(Code::kBadInput, "small run: does not end");
    step(s);
  }
  for (const auto& [address, value] : values_) memory_.set(address, value);
  memory_.set_builtin(
      Builtin::kRangeCheck,
      {range_check_base_, range_check_base_ + static_cast<uint32_t>(range_check.size())});
  memory_.finish();
  make_statement(s);
}

void SmallRun::make_statement(const State& final_state) {
  Statement& s = statement_;
  s.program = program_;
  s.main = main;
  s.builtins = {
      {Builtin::kOutput, output_base_, output_base_ + static_cast<uint32_t>(output.size())},
      {Builtin::kRangeCheck, range_check_base_,
       range_check_base_ + static_cast<uint32_t>(range_check.size())}};
  s.program_base = kProgramBase;
  s.execution_base = execution_base_;
  s.final_ap = final_state.ap;
  s.output = output;
  for (uint32_t i = 0; i < size(); ++i) s.program_cells.push_back(memory_.cell(kProgramBase + i));
  for (uint32_t i = 0; i < output.size(); ++i) {
    s.output_cells.push_back(memory_.cell(output_base_ + i));
  }
}

}  // namespace cairn
