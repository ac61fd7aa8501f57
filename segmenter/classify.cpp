#include "segmenter/classify.hpp"

#include "air/chips/opcode.hpp"

namespace cairn {
namespace {

constexpr uint32_t bit(Flag f) { return 1u << f; }

constexpr uint32_t kSource = bit(kOp1Imm) | bit(kOp1Fp) | bit(kOp1Ap);
constexpr uint32_t kResult = bit(kResAdd) | bit(kResMul);
constexpr uint32_t kJump = bit(kJumpAbs) | bit(kJumpRel) | bit(kJnz);
constexpr uint32_t kStack = bit(kApAdd) | bit(kApAdd1);
constexpr uint32_t kOpcode = bit(kCall) | bit(kRet) | bit(kAssertEq);

constexpr bool at_most_one(uint32_t bits) { return (bits & (bits - 1)) == 0; }

/// What no Cairo machine executes, whatever the memory holds.
bool is_legal(const Instruction& i) {
  const uint32_t f = i.flags;
  if (!at_most_one(f & kSource) || !at_most_one(f & kResult) || !at_most_one(f & kJump) ||
      !at_most_one(f & kStack) || !at_most_one(f & kOpcode) || i.extension > 3) {
    return false;
  }
  if ((f & bit(kOp1Imm)) != 0 && i.o2 != 1) return false;
  if ((f & bit(kJnz)) != 0 && (f & (kResult | kOpcode | bit(kApAdd))) != 0) return false;
  if ((f & bit(kCall)) != 0 && (f & kStack) != 0) return false;
  if (i.extension == 1 || i.extension == 2) {  // Blake2s: op1 is [fp or ap], nothing else but ap++
    return (f & (bit(kOp1Imm) | kResult | kJump | kOpcode | bit(kApAdd))) == 0 &&
           (f & kSource) != 0;
  }
  if (i.extension == 3) {  // QM31: assert_eq of a sum or a product
    return (f & kResult) != 0 && (f & kOpcode) == bit(kAssertEq) && (f & kJump) == 0 &&
           (f & bit(kApAdd)) == 0;
  }
  return true;
}

/// op1 is [fp + o2] or [ap + o2].
bool reads_stack(uint32_t f) {
  return (f & kSource) == bit(kOp1Fp) || (f & kSource) == bit(kOp1Ap);
}

StepForm assert_form(const Instruction& i) {
  const uint32_t f = i.flags;
  if ((f & (kJump | bit(kApAdd))) != 0) return StepForm::kGeneric;
  if ((f & kResult) != 0) {
    const bool chip = (f & kSource) != 0;  // a double dereference has none
    return !chip ? StepForm::kGeneric : (f & bit(kResAdd)) != 0 ? StepForm::kAdd : StepForm::kMul;
  }
  if ((f & kSource) == 0) return StepForm::kAssertEqualDoubleDeref;
  if ((f & bit(kOp0Fp)) == 0 || i.o1 != -1) return StepForm::kGeneric;
  return (f & bit(kOp1Imm)) != 0 ? StepForm::kAssertEqualImmediate : StepForm::kAssertEqual;
}

StepForm call_form(const Instruction& i) {
  const uint32_t f = i.flags;
  if (i.o0 != 0 || i.o1 != 1 || (f & (bit(kDstFp) | bit(kOp0Fp) | kResult)) != 0)
    return StepForm::kGeneric;
  if ((f & kJump) == bit(kJumpRel) && (f & kSource) == bit(kOp1Imm)) return StepForm::kCallRelative;
  if ((f & kJump) == bit(kJumpAbs) && reads_stack(f)) return StepForm::kCallAbsolute;
  return StepForm::kGeneric;
}

StepForm return_form(const Instruction& i) {
  constexpr uint32_t kFlags = bit(kDstFp) | bit(kOp0Fp) | bit(kOp1Fp) | bit(kJumpAbs) | bit(kRet);
  const bool plain = i.flags == kFlags && i.o0 == -2 && i.o1 == -1 && i.o2 == -1;
  return plain ? StepForm::kReturn : StepForm::kGeneric;
}

/// No opcode: jumps and ap += x. Unused operands stand as the compilers write them, [fp - 1].
StepForm plain_form(const Instruction& i) {
  const uint32_t f = i.flags;
  const bool no_dst = (f & bit(kDstFp)) != 0 && i.o0 == -1;
  const bool no_op0 = (f & bit(kOp0Fp)) != 0 && i.o1 == -1;
  if ((f & kResult) != 0) return StepForm::kGeneric;
  if ((f & kJump) == bit(kJnz)) {
    return no_op0 && (f & kSource) == bit(kOp1Imm) ? StepForm::kJnz : StepForm::kGeneric;
  }
  if (!no_dst) return StepForm::kGeneric;
  if ((f & kJump) == 0) {
    const bool chip = no_op0 && (f & kSource) != 0 && (f & kStack) == bit(kApAdd);
    return chip ? StepForm::kAddAp : StepForm::kGeneric;
  }
  if ((f & bit(kApAdd)) != 0) return StepForm::kGeneric;
  const bool absolute = (f & kJump) == bit(kJumpAbs);
  if ((f & kSource) == 0) return absolute ? StepForm::kJumpAbsoluteDoubleDeref : StepForm::kGeneric;
  if (!no_op0) return StepForm::kGeneric;
  if ((f & kSource) == bit(kOp1Imm)) {
    return absolute ? StepForm::kGeneric : StepForm::kJumpRelativeImmediate;
  }
  return absolute ? StepForm::kJumpAbsolute : StepForm::kJumpRelative;
}

StepForm form_of(const Instruction& i) {
  if (i.extension == 3) return StepForm::kQm31;
  if (i.extension != 0) return StepForm::kBlake2s;
  switch (i.flags & kOpcode) {
    case bit(kCall):
      return call_form(i);
    case bit(kRet):
      return return_form(i);
    case bit(kAssertEq):
      return assert_form(i);
    default:
      return plain_form(i);
  }
}

}  // namespace

std::optional<Decoded> decode_instruction(const Felt& word) {
  if ((word.word[1] >> 8 | word.word[2] | word.word[3]) != 0) return std::nullopt;
  const Instruction i = Instruction::decode(word);
  if (!is_legal(i)) return std::nullopt;
  Decoded d;
  d.o0 = static_cast<int16_t>(i.o0);
  d.o1 = static_cast<int16_t>(i.o1);
  d.o2 = static_cast<int16_t>(i.o2);
  d.flags = static_cast<uint16_t>(i.flags);
  d.form = form_of(i);
  d.extension = static_cast<uint8_t>(i.extension);
  d.size = i.flag(kOp1Imm) != 0 ? 2 : 1;
  d.ap_step = i.flag(kCall) != 0 ? 2 : static_cast<uint8_t>(i.flag(kApAdd1));
  return d;
}

const char* missing_chip(StepForm form) {
  switch (form) {
    case StepForm::kQm31:
      return "QM31";
    default:
      return nullptr;
  }
}

}  // namespace cairn
