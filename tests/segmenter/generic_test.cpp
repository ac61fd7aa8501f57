// Replay against the machine's definition, for every flag word there is.
#include <gtest/gtest.h>

#include "segmenter/classify.hpp"
#include "segmenter/step.hpp"
#include "tests/support/one_step.hpp"

namespace cairn {
namespace {

using one_step::OneStep;
using one_step::WideState;

RunMemory memory_of(const OneStep& step) {
  RunMemory memory;
  memory.cells.assign(step.memory.rbegin()->first + 1, Cell{Cell::kHole});
  for (const auto& [address, value] : step.memory) {
    memory.cells[address] = memory.values.pack(value);
  }
  return memory;
}

/// Whether replay can go on from there: an address, or the end; and fp no negative number.
bool leads_on(const WideState& s, const RunMemory& memory) {
  const int64_t end = static_cast<int64_t>(memory.cells.size());
  return s.pc >= 0 && s.pc < end && s.fp >= 0;
}

TEST(GenericStep, LegalInstructionsAreThoseOfTheDefinition) {
  for (uint32_t flags = 0; flags < one_step::kFlagWords; ++flags) {
    const bool legal = one_step::legal_flags(flags);
    EXPECT_EQ(decode_instruction(one_step::encode(-2, 3, 1, flags)).has_value(), legal) << flags;
    const bool immediate = one_step::has(flags, kOp1Imm);
    EXPECT_EQ(decode_instruction(one_step::encode(-2, 3, 2, flags)).has_value(),
              legal && !immediate)
        << flags;
  }
}

TEST(GenericStep, ReplayDoesWhatTheMachineDoes) {
  int steps = 0, generic = 0, refused = 0;
  for (uint32_t flags = 0; flags < one_step::kFlagWords; ++flags) {
    if (!one_step::legal_flags(flags)) continue;
    for (int pattern = 0; pattern < one_step::kOffsetPatterns; ++pattern) {
      for (uint32_t choice = 0; choice < 6; ++choice) {
        const auto step = one_step::make_step(flags, pattern, choice + flags * 3);
        if (!step) continue;
        const RunMemory memory = memory_of(*step);
        const CellReader cells(memory);
        const auto d = decode_instruction(step->memory.at(step->state.pc));
        ASSERT_TRUE(d);
        const auto wanted = one_step::execute(*step);
        const bool goes_on = wanted && leads_on(*wanted, memory);

        State s = step->state;
        const bool moved = next_state(cells, *d, s);

        // Chips of one form read only what they need; the rest is check_step()'s.
        if (d->form == StepForm::kGeneric || goes_on) {
          ASSERT_EQ(moved, goes_on) << flags << " " << pattern << " " << choice;
        }
        if (moved && goes_on) {
          ASSERT_EQ((WideState{s.pc, s.ap, s.fp}), *wanted) << flags;
          ++steps;
        }
        if (d->form != StepForm::kGeneric) continue;
        const GenericStep found = execute_generic(cells, *d, step->state);
        EXPECT_EQ(found.problem.empty(), goes_on);
        ++(goes_on ? generic : refused);
      }
    }
  }
  EXPECT_GT(steps, 10'000);
  EXPECT_GT(generic, 10'000);
  EXPECT_GT(refused, 1'000);
}

TEST(GenericStep, SaysWhatIsWrong) {
  const auto problem = [](uint32_t flags, uint32_t choice, const std::map<int64_t, Felt>& spoiled) {
    OneStep step = *one_step::make_step(flags, 2, choice);
    for (const auto& [address, value] : spoiled) step.memory[address] = value;
    const RunMemory memory = memory_of(step);
    const auto d = decode_instruction(step.memory.at(step.state.pc));
    EXPECT_EQ(d->form, StepForm::kGeneric);
    return execute_generic(CellReader(memory), *d, step.state).problem;
  };
  const auto bits = [](std::initializer_list<Flag> list) {
    uint32_t flags = 0;
    for (Flag f : list) flags |= 1u << f;
    return flags;
  };
  // Offsets -5, -9, 7: dst and op0 at ap - 5 and ap - 9, that is 1995 and 1991; op1 at 2007.
  const Felt huge = naive::power_of_two(40);
  EXPECT_EQ(problem(bits({kOp1Ap, kJumpAbs}), 3, {{2007, huge}}),
            "res = 1099511627776 is no address and no step");
  EXPECT_EQ(problem(bits({kOp1Ap, kJumpAbs}), 3, {{2007, naive::felt(5000)}}),
            "jump to 5000, outside the memory");
  EXPECT_EQ(problem(bits({kOp1Ap, kApAdd}), 3, {{2007, naive::felt(-2001)}}),
            "ap becomes -1, outside [0, 2^28)");
  EXPECT_EQ(problem(bits({kJumpAbs}), 3, {{1991, huge}}), "op0 = 1099511627776 is no address");
  EXPECT_EQ(problem(bits({kJumpAbs}), 3, {{1991, naive::felt(4000)}}),
            "op1 is at address 4007, which has no value");
  EXPECT_EQ(problem(bits({kOp1Ap, kRet}), 1, {{1995, naive::felt(-1)}}),
            "ret: fp = -1 is no address");
}

}  // namespace
}  // namespace cairn
