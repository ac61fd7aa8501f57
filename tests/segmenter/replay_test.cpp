// Runs that break, each with the exact line that says where and why.
#include "segmenter/replay.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "air/chips.hpp"
#include "core/blake2s.hpp"
#include "segmenter/plan.hpp"
#include "tests/segmenter/refusal.hpp"

namespace cairn {
namespace {

const Felt kReturnWord = instruction(-2, -1, -1, {kDstFp, kOp0Fp, kOp1Fp, kJumpAbs, kRet});

/// A program without builtins: the stack begins with ret_fp and ret_pc, ap = fp = 1:2. The values
/// are those of the cells from 1:2 on.
PieBuilder bare(const std::vector<PieValue>& program, const std::vector<PieValue>& stack,
                uint64_t steps) {
  PieBuilder pie;
  pie.cells.clear();
  pie.metadata["program"]["builtins"] = nlohmann::json::array();
  pie.metadata["builtin_segments"] = nlohmann::json::object();
  pie.metadata["execution_segment"]["size"] = stack.size() + 2;
  pie.additional = {{"output_builtin", nullptr}};
  pie.resources = {{"n_steps", steps}, {"builtin_instance_counter", nlohmann::json::object()}};
  pie.set_program(program);
  pie.set(1, 0, PieValue::pointer(4, 0));
  pie.set(1, 1, PieValue::pointer(5, 0));
  for (size_t i = 0; i < stack.size(); ++i) pie.set(1, 2 + i, stack[i]);
  return pie;
}

uint64_t rows_of(const Job& job, ChipId chip) {
  return count_rows(view_image(job.image.bytes())).calls[static_cast<uint32_t>(chip)];
}

TEST(Replay, RunsAProgramWithoutBuiltins) {
  const Job job = load_job(bare({kReturnWord}, {}, 1).write());

  EXPECT_EQ(job.facts.steps, 1u);
  EXPECT_TRUE(job.statement.builtins.empty());
  EXPECT_EQ(rows_of(job, ChipId::kReturn), 1u);
}

TEST(Replay, ComparesBothSidesOfACopy) {
  const Felt copy = instruction(0, -1, 1, {kOp0Fp, kOp1Fp, kApAdd1, kAssertEq});
  expect_refusal(bare({copy, kReturnWord}, {5, 6}, 2),
                 "step 0: pc 0:0: assert_eq: [ap] = 5, [fp+1] = 6");
  const Felt immediate = instruction(0, -1, 1, {kOp0Fp, kOp1Imm, kApAdd1, kAssertEq});
  expect_refusal(bare({immediate, -7, kReturnWord}, {5}, 2),
                 "step 0: pc 0:0: assert_eq: [ap] = 5, the immediate = -7");
  const Felt deref = instruction(1, 0, -1, {kOp0Fp, kAssertEq});
  expect_refusal(bare({deref, kReturnWord}, {PieValue::pointer(1, 5), 8, 9}, 2),
                 "step 0: pc 0:0: assert_eq: [ap+1] = 8, [[fp]-1] = 9");
}

TEST(Replay, ChecksSumsAndProductsModuloThePrime) {
  const auto with = [](Flag operation, const std::vector<PieValue>& stack) {
    return bare({instruction(2, 0, 1, {kOp0Fp, kOp1Fp, operation, kAssertEq}), kReturnWord}, stack,
                2);
  };
  EXPECT_EQ(rows_of(load_job(with(kResAdd, {5, -7, -2}).write()), ChipId::kAddSmall), 1u);
  EXPECT_EQ(rows_of(load_job(with(kResAdd, {int64_t{1} << 40, -7, (int64_t{1} << 40) - 7}).write()),
                    ChipId::kAddBig),
            1u);
  EXPECT_EQ(rows_of(load_job(with(kResMul, {5, 7, 35}).write()), ChipId::kMulSmall), 1u);
  EXPECT_EQ(rows_of(load_job(with(kResMul, {5, -7, -35}).write()), ChipId::kMulBig), 1u);
  EXPECT_EQ(rows_of(load_job(with(kResMul, {int64_t{1} << 36, 2, int64_t{1} << 37}).write()),
                    ChipId::kMulBig),
            1u);
  expect_refusal(with(kResAdd, {5, 7, 13}),
                 "step 0: pc 0:0: assert_eq: [ap+2] = 13, [fp] + [fp+1] = 5 + 7");
  expect_refusal(with(kResMul, {5, -7, 35}),
                 "step 0: pc 0:0: assert_eq: [ap+2] = 35, [fp] * [fp+1] = 5 * -7");
}

TEST(Replay, NamesHolesAndPlacesOutsideTheMemory) {
  const Felt copy = instruction(0, -1, 1, {kOp0Fp, kOp1Fp, kApAdd1, kAssertEq});
  PieBuilder hole = bare({copy, kReturnWord}, {5, 5}, 2);
  hole.remove(1, 3);
  expect_refusal(hole, "step 0: pc 0:0: [fp+1] is 1:3, which has no value");
  hole = bare({copy, kReturnWord}, {5, 5}, 2);
  hole.remove(1, 2);
  expect_refusal(hole, "step 0: pc 0:0: [ap] is 1:2, which has no value");
  const Felt far = instruction(0, -1, -100, {kOp0Fp, kOp1Fp, kAssertEq});
  expect_refusal(bare({far, kReturnWord}, {5}, 2),
                 "step 0: pc 0:0: [fp-100] is at address -95, outside the memory");
  const Felt deref = instruction(0, 0, 0, {kOp0Fp, kAssertEq});
  expect_refusal(bare({deref, kReturnWord}, {int64_t{1} << 40}, 2),
                 "step 0: pc 0:0: [fp] = 1099511627776 is no address and no step");
}

TEST(Replay, ChecksWhatACallSaves) {
  const Felt call = instruction(0, 1, 1, {kOp1Imm, kJumpRel, kCall});
  const auto stack = [](int64_t fp, int64_t pc) { return std::vector<PieValue>{fp, pc}; };
  // Segments: program 1..3, execution 4..; fp = 6, the return address is 3.
  EXPECT_EQ(load_job(bare({call, 2, kReturnWord}, stack(6, 3), 3).write()).facts.steps, 3u);
  expect_refusal(bare({call, 2, kReturnWord}, stack(5, 3), 3),
                 "step 0: pc 0:0: call: [ap] = 5, fp is 6");
  expect_refusal(bare({call, 2, kReturnWord}, stack(6, 2), 3),
                 "step 0: pc 0:0: call: [ap+1] = 2, the return address is 3");
  expect_refusal(bare({call, -9, kReturnWord}, stack(6, 3), 3),
                 "step 0: pc 0:0: jump to -8, outside the memory");
}

TEST(Replay, NamesJumpsThatLeadNowhere) {
  const Felt jump = instruction(-1, -1, 1, {kDstFp, kOp0Fp, kOp1Imm, kJumpRel});
  expect_refusal(bare({jump, 3, kReturnWord, Felt{{0, 256, 0, 0}}}, {}, 2),
                 "step 1: pc 0:3: 0x1000000000000000000 is no instruction");
  expect_refusal(bare({jump, 500, kReturnWord}, {}, 2),
                 "step 0: pc 0:0: jump to 501, outside the memory");
  PieBuilder pie = bare({jump, 5, kReturnWord}, {1}, 2);
  pie.remove(1, 2);
  expect_refusal(pie, "step 1: pc 1:2: there is no instruction");
  expect_refusal(bare({jump, Felt{{0, 1, 0, 0}}, kReturnWord}, {}, 2),
                 "step 0: pc 0:0: the immediate = 0x10000000000000000 is no address and no step");
  const Felt add_ap = instruction(-1, -1, 1, {kDstFp, kOp0Fp, kOp1Imm, kApAdd});
  expect_refusal(bare({add_ap, -100, kReturnWord}, {}, 2),
                 "step 0: pc 0:0: ap + -100 is outside [0, 2^28)");
  const Felt copy = instruction(0, -1, 0, {kOp0Fp, kOp1Fp, kAssertEq});
  expect_refusal(bare({copy}, {5}, 2),
                 "step 1: pc 1:0: dst is at address -32764, which has no value");
}

TEST(Replay, EndsExactlyAtTheDeclaredStep) {
  expect_refusal(bare({kReturnWord}, {}, 2),
                 "the run ends after 1 steps, n_steps in execution_resources.json is 2");
  const Felt loop = instruction(-1, -1, 1, {kDstFp, kOp0Fp, kOp1Imm, kJumpRel});
  expect_refusal(bare({loop, 0}, {}, 200'000),
                 "the run has not ended after 200000 steps, which is n_steps in "
                 "execution_resources.json; it stands at pc 0:0");
  expect_refusal(bare({loop, 0}, {}, 0),
                 "the run has not ended after 0 steps, which is n_steps in "
                 "execution_resources.json; it stands at pc 0:0");
  const Felt jump = instruction(-1, -1, -1, {kDstFp, kOp0Fp, kOp1Fp, kJumpAbs});
  expect_refusal(bare({jump}, {}, 1), "the run ends with fp = address 4, not ret_fp");
}

TEST(Replay, ChecksTheFinalStack) {
  PieBuilder pie;
  pie.set_program({kReturnWord});
  pie.resources["n_steps"] = 1;
  expect_refusal(
      pie,
      "builtin output: the run leaves its pointer at address 0, metadata.json gives its segment 1 "
      "cells");
}

TEST(Replay, GivesGenericStepsARow) {
  const Felt call = instruction(0, 1, 2, {kOp1Fp, kJumpRel, kCall});  // call rel [fp+2]
  const Job job = load_job(bare({call, kReturnWord}, {5, 2, 1}, 3).write());

  EXPECT_EQ(job.facts.steps, 3u);
  EXPECT_TRUE(job.missing.empty());
  EXPECT_EQ(rows_of(job, ChipId::kGeneric), 1u);
  // fp = 5, the return address 2 and the distance 1 are wanted as limbs: op0, op1, res.
  const Image image = view_image(job.image.bytes());
  const std::vector<uint32_t> immediates(image.immediates,
                                         image.immediates + image.immediate_count);
  EXPECT_NE(std::find(immediates.begin(), immediates.end(), Cell::kBias + 1), immediates.end());
  expect_refusal(bare({call, kReturnWord}, {5, 3, 1}, 3),
                 "step 0: pc 0:0: call: saves 5 and 3, not fp and the return address");
}

TEST(Replay, ReplaysInstructionsWithoutChipAndNamesThem) {
  const Felt qm31 = instruction(0, 1, 2, {kOp1Ap, kResMul, kAssertEq}, 3);
  EXPECT_EQ(load_job(bare({qm31, kReturnWord}, {5}, 2).write()).missing.at(0),
            "instruction 0x1c050800280018000 at 0:0 needs chip QM31, which is not built yet");
}

TEST(Replay, ComparesBlake2sResults) {
  // hash("abc"): chaining value at [fp+2], message at [fp+3], counter [fp+1], result at [[ap]].
  constexpr int kState = 4, kMessage = 12, kResult = 30;
  const Felt last_block = instruction(1, 2, 3, {kDstFp, kOp0Fp, kOp1Fp}, 2);
  const auto with = [&](int place, const PieValue& value) {
    std::vector<PieValue> stack(kResult + 8, PieValue(0));
    stack[0] = PieValue::pointer(1, 2 + kResult);
    stack[1] = 3;
    stack[2] = PieValue::pointer(1, 2 + kState);
    stack[3] = PieValue::pointer(1, 2 + kMessage);
    uint32_t h[8], m[16] = {0x636261};
    for (int i = 0; i < 8; ++i) h[i] = blake2s::initial_word(i);
    h[0] ^= 0x01010020;
    for (int i = 0; i < 8; ++i) stack[kState + i] = int64_t{h[i]};
    stack[kMessage] = 0x636261;
    blake2s::compress(h, m, 3, true);
    EXPECT_EQ(h[0], 0x8c5e8c50u);  // the digest begins with 50 8c 5e 8c
    for (int i = 0; i < 8; ++i) stack[kResult + i] = int64_t{h[i]};
    if (place >= 0) stack[place] = value;
    return bare({last_block, kReturnWord}, stack, 2);
  };
  const Job job = load_job(with(-1, 0).write());
  EXPECT_EQ(rows_of(job, ChipId::kBlake2s), 1u);
  EXPECT_EQ(rows_of(job, ChipId::kBlake2sRounds), 10u);
  EXPECT_TRUE(job.missing.empty());
  // The words below 2^28 that the row reads: zeros, the counter and "abc".
  const Image image = view_image(job.image.bytes());
  for (const uint32_t word : {0u, 3u, 0x636261u}) {
    const uint32_t* end = image.immediates + image.immediate_count;
    EXPECT_TRUE(std::binary_search(image.immediates, end, word + Cell::kBias)) << word;
  }
  const std::string at = "step 0: pc 0:0: ";
  expect_refusal(with(kResult, 7), at + "blake2s: word 0 of the result is 7, not 2355006544");
  expect_refusal(with(kMessage + 15, int64_t{1} << 32),
                 at + "blake2s: word 15 of the message is 4294967296, not below 2^32");
  expect_refusal(with(kState + 1, -1),
                 at + "blake2s: word 1 of the chaining value is -1, not below 2^32");
  expect_refusal(with(1, int64_t{1} << 33),
                 at + "blake2s: word 0 of the counter is 8589934592, not below 2^32");
  expect_refusal(with(3, PieValue::pointer(1, 30)),
                 at + "blake2s: word 10 of the message is at address 43, outside the memory");
  expect_refusal(with(2, int64_t{1} << 40),
                 at + "[fp+2] = 1099511627776 is no address and no step");
}

TEST(Replay, KeepsStatesInTheOrderOfTheRun) {
  // Counts [ap-1] down from 300 by a loop: JNZ_T 299 times, JNZ_N once; several windows would do
  // the same.
  const Felt start = instruction(0, -1, 1, {kOp0Fp, kOp1Imm, kApAdd1, kAssertEq});
  const Felt minus = instruction(0, -1, 1, {kOp1Imm, kResAdd, kApAdd1, kAssertEq});
  const Felt again = instruction(-1, -1, 1, {kOp0Fp, kOp1Imm, kJnz});
  std::vector<PieValue> stack;
  for (int64_t i = 100'000; i >= 0; --i) stack.emplace_back(i);
  const PieBuilder pie =
      bare({start, 100'000, minus, -1, again, -2, kReturnWord}, stack, 1 + 200'000 + 1);
  LoadOptions options;

  options.threads = 1;
  const Job one = load_job(pie.write(), options);
  options.threads = 4;
  const Job four = load_job(pie.write(), options);

  const Image image = view_image(one.image.bytes());
  const auto begin = image.state_begin[static_cast<uint32_t>(ChipId::kJnzTaken)];
  EXPECT_EQ(rows_of(one, ChipId::kJnzTaken), 99'999u);
  EXPECT_EQ(rows_of(one, ChipId::kAddSmall), 100'000u);
  EXPECT_EQ(rows_of(one, ChipId::kJnzNotTaken), 1u);
  for (uint32_t i = 1; i < 99'999; ++i) {
    ASSERT_EQ(image.states[begin + i].ap, image.states[begin + i - 1].ap + 1);
  }
  ASSERT_EQ(one.image.size(), four.image.size());
  EXPECT_TRUE(
      std::equal(one.image.bytes().begin(), one.image.bytes().end(), four.image.bytes().begin()));
}

}  // namespace
}  // namespace cairn
