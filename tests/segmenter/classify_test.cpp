#include "segmenter/classify.hpp"

#include <set>

#include <gtest/gtest.h>

#include "tests/segmenter/pie_builder.hpp"

namespace cairn {
namespace {

struct Case {
  const char* text;
  int o0, o1, o2;
  std::vector<Flag> flags;
  StepForm form;
};

const std::vector<Case> kCases = {
    {"[ap] = [fp+2]; ap++", 0, -1, 2, {kOp0Fp, kOp1Fp, kApAdd1, kAssertEq}, StepForm::kAssertEqual},
    {"[fp-3] = [ap]", -3, -1, 0, {kDstFp, kOp0Fp, kOp1Ap, kAssertEq}, StepForm::kAssertEqual},
    {"copy with another op0", 0, -2, 2, {kOp0Fp, kOp1Fp, kAssertEq}, StepForm::kGeneric},
    {"copy with op0 from ap", 0, -1, 2, {kOp1Fp, kAssertEq}, StepForm::kGeneric},
    {"[ap] = 7; ap++",
     0,
     -1,
     1,
     {kOp0Fp, kOp1Imm, kApAdd1, kAssertEq},
     StepForm::kAssertEqualImmediate},
    {"[ap] = [[fp-3]+2]", 0, -3, 2, {kOp0Fp, kAssertEq}, StepForm::kAssertEqualDoubleDeref},
    {"[ap] = [[ap-1]]", 0, -1, 0, {kAssertEq}, StepForm::kAssertEqualDoubleDeref},
    {"[ap] = [fp-3] + [ap-1]", 0, -3, -1, {kOp0Fp, kOp1Ap, kResAdd, kAssertEq}, StepForm::kAdd},
    {"[fp] = [ap] + 3", 0, 0, 1, {kDstFp, kOp1Imm, kResAdd, kAssertEq}, StepForm::kAdd},
    {"[ap] = [fp] * [fp+1]", 0, 0, 1, {kOp0Fp, kOp1Fp, kResMul, kAssertEq}, StepForm::kMul},
    {"[ap] = [fp] + [[fp]+1]", 0, 0, 1, {kOp0Fp, kResAdd, kAssertEq}, StepForm::kGeneric},
    {"assert with ap += res", 0, -1, 2, {kOp0Fp, kOp1Fp, kApAdd, kAssertEq}, StepForm::kGeneric},
    {"assert and jump", 0, -1, 2, {kOp0Fp, kOp1Fp, kJumpAbs, kAssertEq}, StepForm::kGeneric},
    {"jmp rel 4 if [ap-1] != 0", -1, -1, 1, {kOp0Fp, kOp1Imm, kJnz}, StepForm::kJnz},
    {"jnz; ap++", -1, -1, 1, {kDstFp, kOp0Fp, kOp1Imm, kJnz, kApAdd1}, StepForm::kJnz},
    {"jnz by register", -1, -1, 0, {kOp0Fp, kOp1Ap, kJnz}, StepForm::kGeneric},
    {"call rel 5", 0, 1, 1, {kOp1Imm, kJumpRel, kCall}, StepForm::kCallRelative},
    {"call abs [fp-3]", 0, 1, -3, {kOp1Fp, kJumpAbs, kCall}, StepForm::kCallAbsolute},
    {"call abs [ap+1]", 0, 1, 1, {kOp1Ap, kJumpAbs, kCall}, StepForm::kCallAbsolute},
    {"call abs imm", 0, 1, 1, {kOp1Imm, kJumpAbs, kCall}, StepForm::kGeneric},
    {"call rel [ap-1]", 0, 1, -1, {kOp1Ap, kJumpRel, kCall}, StepForm::kGeneric},
    {"call from fp", 0, 1, 1, {kDstFp, kOp1Imm, kJumpRel, kCall}, StepForm::kGeneric},
    {"ret", -2, -1, -1, {kDstFp, kOp0Fp, kOp1Fp, kJumpAbs, kRet}, StepForm::kReturn},
    {"ret; ap++",
     -2,
     -1,
     -1,
     {kDstFp, kOp0Fp, kOp1Fp, kJumpAbs, kRet, kApAdd1},
     StepForm::kGeneric},
    {"ret with another frame",
     -3,
     -1,
     -1,
     {kDstFp, kOp0Fp, kOp1Fp, kJumpAbs, kRet},
     StepForm::kGeneric},
    {"jmp rel 3", -1, -1, 1, {kDstFp, kOp0Fp, kOp1Imm, kJumpRel}, StepForm::kJumpRelativeImmediate},
    {"jmp rel [fp+1]", -1, -1, 1, {kDstFp, kOp0Fp, kOp1Fp, kJumpRel}, StepForm::kJumpRelative},
    {"jmp abs [ap-1]; ap++",
     -1,
     -1,
     -1,
     {kDstFp, kOp0Fp, kOp1Ap, kJumpAbs, kApAdd1},
     StepForm::kJumpAbsolute},
    {"jmp abs imm", -1, -1, 1, {kDstFp, kOp0Fp, kOp1Imm, kJumpAbs}, StepForm::kGeneric},
    {"jmp abs [[fp-3]+2]",
     -1,
     -3,
     2,
     {kDstFp, kOp0Fp, kJumpAbs},
     StepForm::kJumpAbsoluteDoubleDeref},
    {"jmp abs [[ap]]", -1, 0, 0, {kDstFp, kJumpAbs}, StepForm::kJumpAbsoluteDoubleDeref},
    {"jmp rel [[fp]+2]", -1, 0, 2, {kDstFp, kOp0Fp, kJumpRel}, StepForm::kGeneric},
    {"jmp with a sum", -1, -1, 1, {kDstFp, kOp0Fp, kOp1Fp, kResAdd, kJumpAbs}, StepForm::kGeneric},
    {"ap += 3", -1, -1, 1, {kDstFp, kOp0Fp, kOp1Imm, kApAdd}, StepForm::kAddAp},
    {"ap += [fp-1]", -1, -1, -1, {kDstFp, kOp0Fp, kOp1Fp, kApAdd}, StepForm::kAddAp},
    {"ap += with another dst", 0, -1, 1, {kDstFp, kOp0Fp, kOp1Imm, kApAdd}, StepForm::kGeneric},
    {"jmp and ap += res",
     -1,
     -1,
     1,
     {kDstFp, kOp0Fp, kOp1Imm, kJumpRel, kApAdd},
     StepForm::kGeneric},
    {"nothing", 0, 0, 0, {}, StepForm::kGeneric},
};

TEST(Classify, FollowsTheTableOfTheChips) {
  std::set<StepForm> met;
  for (const Case& c : kCases) {
    const auto decoded = decode_instruction(instruction(c.o0, c.o1, c.o2, c.flags));
    ASSERT_TRUE(decoded) << c.text;
    EXPECT_EQ(decoded->form, c.form) << c.text;
    EXPECT_EQ(decoded->o0, c.o0);
    EXPECT_EQ(decoded->o1, c.o1);
    EXPECT_EQ(decoded->o2, c.o2);
    met.insert(c.form);
  }
  EXPECT_EQ(met.size(), kStepFormCount - 3u);  // all but unknown, Blake2s and QM31
}

TEST(Classify, KnowsOpcodeExtensions) {
  const auto form = [](const std::vector<Flag>& flags, uint32_t extension) {
    const auto decoded = decode_instruction(instruction(0, 1, 2, flags, extension));
    return decoded ? decoded->form : StepForm::kUnknown;
  };
  EXPECT_EQ(form({kOp1Ap}, 1), StepForm::kBlake2s);
  EXPECT_EQ(form({kOp0Fp, kOp1Fp, kApAdd1}, 2), StepForm::kBlake2s);
  EXPECT_EQ(form({}, 1), StepForm::kUnknown);
  EXPECT_EQ(form({kOp1Ap, kAssertEq}, 1), StepForm::kUnknown);
  EXPECT_EQ(form({kOp1Ap, kResAdd, kAssertEq}, 3), StepForm::kQm31);
  EXPECT_EQ(form({kOp1Ap, kAssertEq}, 3), StepForm::kUnknown);
  EXPECT_EQ(form({kOp1Ap}, 4), StepForm::kUnknown);
}

TEST(Classify, RefusesWhatNoMachineExecutes) {
  const auto legal = [](const std::vector<Flag>& flags, int o2 = 1) {
    return decode_instruction(instruction(0, 0, o2, flags)).has_value();
  };
  EXPECT_FALSE(legal({kOp1Imm, kOp1Fp}));
  EXPECT_FALSE(legal({kResAdd, kResMul}));
  EXPECT_FALSE(legal({kJumpAbs, kJnz}));
  EXPECT_FALSE(legal({kApAdd, kApAdd1}));
  EXPECT_FALSE(legal({kCall, kRet}));
  EXPECT_FALSE(legal({kOp1Imm, kAssertEq}, 2));
  EXPECT_FALSE(legal({kOp1Imm, kJnz, kResAdd}));
  EXPECT_FALSE(legal({kOp1Imm, kCall, kApAdd1}));
  EXPECT_FALSE(decode_instruction(Felt{{0, 256, 0, 0}}));
  EXPECT_FALSE(decode_instruction(Felt{{0, 0, 0, 1}}));
}

}  // namespace
}  // namespace cairn
