// What every opcode chip has in common: it takes the machine's state off the state bus, uses the
// instruction at pc, and puts the next state back (design: cairo-air.md 4).
//
// Soundness: `en` is boolean and is the multiplicity of everything a row says, so that a padded row
// says nothing; an en outside {0, 1} could cancel a false message against p - 1 others.
#pragma once

#include "air/chips/instruction.hpp"
#include "air/evaluator.hpp"
#include "air/image.hpp"
#include "air/part.hpp"
#include "core/koala_bear.hpp"

namespace cairn {

/// The first columns of every opcode chip: whether the row is real, and the state it starts from.
template <class T>
struct Registers {
  T en, pc, ap, fp;
};

/// The cell [ap + offset] or [fp + offset].
template <class T>
struct Operand {
  T is_fp, offset, address;
};

/// A word as memory holds it.
template <class T>
struct Word {
  T kappa, payload;
};
HOST_DEVICE constexpr Word<KoalaBear> word_of(Cell cell) { return {cell.kappa(), cell.payload()}; }

/// What a row says its instruction is: offsets without bias (so that the zero row is valid) and
/// flags; a chip sets those that are not 0. Flags that vary are expressions, the others are the
/// chip's constants.
template <class V>
struct Form {
  V o0 = V(0), o1 = V(0), o2 = V(0);
  V dst_fp = V(0), op0_fp = V(0), op1_imm = V(0), op1_fp = V(0), op1_ap = V(0), ap_add1 = V(0);
  int res_add = 0, res_mul = 0, jump_abs = 0, jump_rel = 0, jnz = 0, ap_add = 0, call = 0, ret = 0,
      assert_eq = 0;
  V extension = V(0);
};

/// The three fractions of every opcode row: the state before, the state after, the instruction.
/// Offsets are without bias; f5 and f6 are the flag bits 0-5 and 6-14.
template <class E, class V>
HOST_DEVICE constexpr void step_messages(E& e, const Registers<V>& r, const Array<V, 3>& offset,
                                         const V& f5, const V& f6, const V& extension,
                                         const V& next_pc, const V& next_ap, const V& next_fp) {
  e.provide(Bus::kState, r.en, r.pc, r.ap, r.fp);
  e.use(Bus::kState, r.en, next_pc, next_ap, next_fp);
  e.use(Bus::kInstruction, r.en, r.pc, offset[0] + kOffsetBias, offset[1] + kOffsetBias,
        offset[2] + kOffsetBias, f5, f6, extension);
}

/// What every chip of one form says of its step.
template <class E, class V = typename E::Value>
HOST_DEVICE constexpr void opcode_row(E& e, const Registers<V>& r, const Form<V>& f,
                                      const V& next_pc, const V& next_ap, const V& next_fp) {
  e.boolean(r.en, "en is boolean");
  const V f5 =
      f.dst_fp + f.op0_fp * 2 + f.op1_imm * 4 + f.op1_fp * 8 + f.op1_ap * 16 + V(32 * f.res_add);
  const V f6 = V(f.res_mul + 2 * f.jump_abs + 4 * f.jump_rel + 8 * f.jnz + 16 * f.ap_add +
                 64 * f.call + 128 * f.ret + 256 * f.assert_eq) +
               f.ap_add1 * 32;
  step_messages<E, V>(e, r, {f.o0, f.o1, f.o2}, f5, f6, f.extension, next_pc, next_ap, next_fp);
}

/// Pins an operand's address, of degree 2, to a column: coordinates of messages have degree 1.
template <class E, class V>
HOST_DEVICE constexpr void constrain_operand(E& e, const Registers<V>& r, const Operand<V>& o,
                                             const char* what) {
  e.boolean(o.is_fp, what);
  e.zero(o.address - (r.ap + o.is_fp * (r.fp - r.ap) + o.offset), what);
}

/// The row reads `word` at `address`.
template <class E, class V>
HOST_DEVICE constexpr void read_word(E& e, const V& en, const V& address, const Word<V>& word) {
  e.use(Bus::kMemory, en, address, word.kappa, word.payload);
}

/// The row reads the immediate `value` at `address`: kappa = 0 makes it an integer of 29 bits,
/// signed.
template <class E, class V>
HOST_DEVICE constexpr void read_immediate(E& e, const V& en, const V& address, const V& value) {
  e.use(Bus::kMemory, en, address, 0, value + Cell::kBias);
}

/// One step of the run, for fill().
struct Step {
  const Image& image;
  State state;
  Instruction instruction;

  /// The step of a real row (row < part.count).
  HOST_DEVICE Step(const Image& whole, const Part& part, uint32_t row)
      : image(whole),
        state(whole.states[whole.state_begin[part.chip] + part.first + row]),
        instruction(Instruction::decode(whole.value(whole.cell(state.pc)))) {}

  HOST_DEVICE uint32_t flag(Flag f) const { return instruction.flag(f); }
  HOST_DEVICE uint32_t dst_address() const { return base(kDstFp) + instruction.o0; }
  HOST_DEVICE uint32_t op0_address() const { return base(kOp0Fp) + instruction.o1; }
  /// Of op1 at pc, fp or ap; not of a double dereference.
  HOST_DEVICE uint32_t op1_address() const {
    return (flag(kOp1Imm) ? state.pc : base(kOp1Fp)) + instruction.o2;
  }
  HOST_DEVICE Cell cell(uint32_t address) const { return image.cell(address); }
  HOST_DEVICE int32_t immediate(uint32_t address) const { return image.cell(address).value(); }
  HOST_DEVICE Felt value(uint32_t address) const { return image.value(image.cell(address)); }

  HOST_DEVICE Registers<KoalaBear> registers() const { return {1, state.pc, state.ap, state.fp}; }
  HOST_DEVICE Operand<KoalaBear> dst() const {
    return {flag(kDstFp), instruction.o0, dst_address()};
  }
  HOST_DEVICE Operand<KoalaBear> op0() const {
    return {flag(kOp0Fp), instruction.o1, op0_address()};
  }
  HOST_DEVICE Operand<KoalaBear> op1() const {
    return {flag(kOp1Fp), instruction.o2, op1_address()};
  }
  HOST_DEVICE Word<KoalaBear> word(uint32_t address) const {
    const Cell c = image.cell(address);
    return {c.kappa(), c.payload()};
  }

 private:
  HOST_DEVICE uint32_t base(Flag is_fp) const { return flag(is_fp) ? state.fp : state.ap; }
};

}  // namespace cairn
