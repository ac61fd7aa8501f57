// An instruction word taken apart (design: cairo-air.md 1.1).
#pragma once

#include <cstdint>

#include "core/device.hpp"
#include "core/felt.hpp"

namespace cairn {

/// Offsets in instructions are biased by 2^15.
inline constexpr int kOffsetBias = 1 << 15;

/// Positions of the flag bits in the instruction word, from bit 48 on.
enum Flag : int {
  kDstFp,
  kOp0Fp,
  kOp1Imm,
  kOp1Fp,
  kOp1Ap,
  kResAdd,
  kResMul,
  kJumpAbs,
  kJumpRel,
  kJnz,
  kApAdd,
  kApAdd1,
  kCall,
  kRet,
  kAssertEq,
};

/// Offsets without bias, flags, opcode extension.
struct Instruction {
  int32_t o0, o1, o2;
  uint32_t flags;
  uint32_t extension;

  HOST_DEVICE static constexpr Instruction decode(const Felt& word) {
    return {static_cast<int32_t>(word.bits(0, 16)) - kOffsetBias,
            static_cast<int32_t>(word.bits(16, 16)) - kOffsetBias,
            static_cast<int32_t>(word.bits(32, 16)) - kOffsetBias, word.bits(48, 15),
            word.bits(63, 9)};
  }
  HOST_DEVICE constexpr uint32_t flag(Flag f) const { return (flags >> f) & 1; }
};

}  // namespace cairn
