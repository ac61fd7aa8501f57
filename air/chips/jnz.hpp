// What the two chips of `jmp rel immediate if [ap or fp + o0] != 0` have in common.
#pragma once

#include "air/chips/opcode.hpp"

namespace cairn {

template <class T>
struct JnzStep {
  Registers<T> r;
  Operand<T> dst;
  T ap_add1;
};

/// `next_pc` is pc + 2 or pc + target.
template <class E, class V>
HOST_DEVICE constexpr void jnz_row(E& e, const JnzStep<V>& c, const V& next_pc) {
  constrain_operand(e, c.r, c.dst, "dst");
  e.boolean(c.ap_add1, "ap_add1 is boolean");
  Form<V> f;
  f.o0 = c.dst.offset;
  f.o1 = V(-1);
  f.o2 = V(1);
  f.dst_fp = c.dst.is_fp;
  f.op0_fp = V(1);
  f.op1_imm = V(1);
  f.ap_add1 = c.ap_add1;
  f.jnz = 1;
  opcode_row(e, c.r, f, next_pc, c.r.ap + c.ap_add1, c.r.fp);
}
HOST_DEVICE JnzStep<KoalaBear> jnz_step(const Step& s) {
  return {s.registers(), s.dst(), s.flag(kApAdd1)};
}

}  // namespace cairn
