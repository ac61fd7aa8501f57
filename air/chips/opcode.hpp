// What every opcode chip has in common: it takes the machine's state off the state bus, uses the
// instruction at pc, and puts the next state back (design: cairo-air.md 4).
//
// Soundness: `en` is boolean and is the multiplicity of everything a row says, so that a padded row says
// nothing; an en outside {0, 1} could cancel a false message against p - 1 others.
#pragma once

#include "air/evaluator.hpp"
#include "air/image.hpp"
#include "core/koala_bear.hpp"

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

/// An instruction word taken apart: offsets without bias, flags, opcode extension.
struct Instruction {
  int32_t o0, o1, o2;
  uint32_t flags;
  uint32_t extension;

  HOST_DEVICE static Instruction decode(const Felt& word) {
    return {static_cast<int32_t>(word.bits(0, 16)) - kOffsetBias,
            static_cast<int32_t>(word.bits(16, 16)) - kOffsetBias,
            static_cast<int32_t>(word.bits(32, 16)) - kOffsetBias, word.bits(48, 15),
            word.bits(63, 9)};
  }
  HOST_DEVICE uint32_t flag(Flag f) const { return (flags >> f) & 1; }
};

/// The flags of an instruction as expressions; a chip sets those that are not 0.
template <class V>
struct Flags {
  V dst_fp = V(int64_t{0}), op0_fp = V(int64_t{0}), op1_imm = V(int64_t{0}), op1_fp = V(int64_t{0}),
    op1_ap = V(int64_t{0}), ap_add1 = V(int64_t{0});
  int res_add = 0, res_mul = 0, jump_abs = 0, jump_rel = 0, jnz = 0, ap_add = 0, call = 0, ret = 0,
      assert_eq = 0;
};

/// The three fractions of every opcode row. o0, o1, o2 are without bias, so that the zero row is valid.
template <class E, class V = typename E::Value>
HOST_DEVICE constexpr void opcode_row(E& e, const V& en, const V& pc, const V& ap, const V& fp,
                                      const V& o0, const V& o1, const V& o2, const Flags<V>& f,
                                      const V& next_pc, const V& next_ap, const V& next_fp) {
  e.boolean(en, "en is boolean");
  e.provide(Bus::kState, en, pc, ap, fp);
  e.use(Bus::kState, en, next_pc, next_ap, next_fp);
  const V f5 =
      f.dst_fp + f.op0_fp * 2 + f.op1_imm * 4 + f.op1_fp * 8 + f.op1_ap * 16 + V(int64_t{32} * f.res_add);
  const V f6 = V(int64_t{f.res_mul} + 2 * f.jump_abs + 4 * f.jump_rel + 8 * f.jnz + 16 * f.ap_add +
                 64 * f.call + 128 * f.ret + 256 * f.assert_eq) +
               f.ap_add1 * 32;
  e.use(Bus::kInstruction, en, pc, o0 + kOffsetBias, o1 + kOffsetBias, o2 + kOffsetBias, f5, f6, 0);
}

/// (is_fp ? fp : ap) + offset. Degree 2: pin an address column to it, messages are of degree 1.
template <class V>
HOST_DEVICE constexpr V operand_address(const V& is_fp, const V& ap, const V& fp, const V& offset) {
  return ap + is_fp * (fp - ap) + offset;
}

}  // namespace cairn
