// What the unconditional jumps have in common, and the two that read their target at [ap or fp +
// o2].
#pragma once

#include "air/chips/opcode.hpp"

namespace cairn {

/// Sets what all jumps say of their instruction and moves the state.
template <class E, class V>
HOST_DEVICE constexpr void jump_row(E& e, const Registers<V>& r, const V& ap_add1, Form<V>& f,
                                    const V& next_pc) {
  e.boolean(ap_add1, "ap_add1 is boolean");
  f.o0 = V(-1);
  f.dst_fp = V(1);
  f.ap_add1 = ap_add1;
  opcode_row<E, V>(e, r, f, next_pc, r.ap + ap_add1, r.fp);
}

/// jmp rel [..] and jmp abs [..] differ in one flag and in what the target is added to.
template <bool kRelative>
struct JumpToOperand {
  static constexpr Kind kKind = Kind::kOpcode;
  static constexpr bool kReadsCounts = false;

  template <class T>
  struct Columns {
    Registers<T> r;
    Operand<T> op1;
    T ap_add1, target;
  };

  template <class E>
  HOST_DEVICE static constexpr void evaluate(E& e) {
    using V = typename E::Value;
    const auto c = e.template columns<Columns>();
    constrain_operand(e, c.r, c.op1, "op1");
    Form<V> f;
    f.o1 = V(-1);
    f.o2 = c.op1.offset;
    f.op0_fp = V(1);
    f.op1_fp = c.op1.is_fp;
    f.op1_ap = 1 - c.op1.is_fp;
    f.jump_rel = kRelative;
    f.jump_abs = !kRelative;
    jump_row<E, V>(e, c.r, c.ap_add1, f, kRelative ? c.r.pc + c.target : c.target);
    read_immediate<E, V>(e, c.r.en, c.op1.address, c.target);
  }

  HOST_DEVICE static Columns<KoalaBear> fill(const Image& image, const Counts&, const Part& part,
                                             uint32_t row) {
    if (row >= part.count) return {};
    const Step s(image, part, row);
    return {s.registers(), s.op1(), s.flag(kApAdd1), s.immediate(s.op1_address())};
  }
};

}  // namespace cairn
