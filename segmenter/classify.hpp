// Which opcode chip an instruction belongs to: by flags and offsets exactly, as the chips'
// instruction messages fix them (design: cairo-air.md 4, "Constant parts of the INS message").
#pragma once

#include <cstdint>
#include <optional>

#include "core/felt.hpp"

namespace cairn {

/// The kind of an instruction. ADD, MUL and JNZ have two chips each; values decide between them.
enum class StepForm : uint8_t {
  kUnknown,  // not looked at yet
  kAssertEqual,
  kAssertEqualImmediate,
  kAssertEqualDoubleDeref,
  kAdd,
  kMul,
  kJnz,
  kCallRelative,
  kCallAbsolute,
  kReturn,
  kJumpRelativeImmediate,
  kJumpRelative,
  kJumpAbsolute,
  kJumpAbsoluteDoubleDeref,
  kAddAp,
  kBlake2s,
  kGeneric,  // any other that has no opcode extension
  // Legal, but without a chip; see missing_chip().
  kQm31,
};
inline constexpr int kStepFormCount = static_cast<int>(StepForm::kQm31) + 1;

/// An instruction word taken apart for replay.
struct alignas(16) Decoded {
  int16_t o0 = 0, o1 = 0, o2 = 0;  // offsets of dst, op0, op1 without bias
  uint16_t flags = 0;              // bits as in enum Flag (air/chips/opcode.hpp)
  StepForm form = StepForm::kUnknown;
  uint8_t extension = 0;
  uint8_t size = 0;     // words, of which the second is an immediate
  uint8_t ap_step = 0;  // what ap grows by, but for ap += x

  bool flag(int f) const { return ((flags >> f) & 1) != 0; }
};

/// The instruction that `word` encodes, or nothing if Cairo has no such instruction.
std::optional<Decoded> decode_instruction(const Felt& word);

/// The name of the chip that is not built yet for this form, or null.
const char* missing_chip(StepForm form);

}  // namespace cairn
