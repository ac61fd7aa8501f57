// What the four chips of dst = op0 + op1 and dst = op0 * op1 have in common: three operands and the
// flags (design: cairo-air.md 4). op1 is the immediate at pc + 1, or [ap or fp + o2].
#pragma once

#include "air/chips/limbs.hpp"
#include "air/chips/opcode.hpp"

namespace cairn {

/// op1 where the immediate is one of its forms.
template <class T>
struct Source {
  T is_immediate, is_fp, offset, address;
};

/// Soundness: at most one of the flags is set, so that op1_ap = 1 - both is 0 or 1 as well and f5
/// can only be matched by the word's own flags; the offset of an immediate is 1, so that the pc
/// moves past it.
template <class E, class V>
HOST_DEVICE constexpr void constrain_source(E& e, const Registers<V>& r, const Source<V>& o) {
  e.boolean(o.is_immediate, "op1_imm is boolean");
  e.boolean(o.is_fp, "op1_fp is boolean");
  e.zero(o.is_immediate * o.is_fp, "op1_imm and op1_fp exclude each other");
  e.zero(o.is_immediate * (o.offset - 1), "an immediate lies at pc + 1");
  e.zero(o.address - (r.ap + o.is_immediate * (r.pc - r.ap) + o.is_fp * (r.fp - r.ap) + o.offset),
         "op1 address");
}
template <class V>
HOST_DEVICE constexpr void set_source(Form<V>& f, const Source<V>& o) {
  f.o2 = o.offset;
  f.op1_imm = o.is_immediate;
  f.op1_fp = o.is_fp;
  f.op1_ap = 1 - o.is_immediate - o.is_fp;
}
HOST_DEVICE Source<KoalaBear> source_of(const Step& s) {
  return {s.flag(kOp1Imm), s.flag(kOp1Fp), s.instruction.o2, s.op1_address()};
}

/// The first columns of the arithmetic chips.
template <class T>
struct ArithmeticStep {
  Registers<T> r;
  Operand<T> dst, op0;
  Source<T> op1;
  T ap_add1;
};

enum class Arithmetic { kAdd, kMultiply };

template <class E, class V>
HOST_DEVICE constexpr void arithmetic_row(E& e, const ArithmeticStep<V>& c, Arithmetic what) {
  constrain_operand(e, c.r, c.dst, "dst");
  constrain_operand(e, c.r, c.op0, "op0");
  constrain_source(e, c.r, c.op1);
  e.boolean(c.ap_add1, "ap_add1 is boolean");
  Form<V> f;
  f.o0 = c.dst.offset;
  f.o1 = c.op0.offset;
  f.dst_fp = c.dst.is_fp;
  f.op0_fp = c.op0.is_fp;
  f.ap_add1 = c.ap_add1;
  f.res_add = what == Arithmetic::kAdd;
  f.res_mul = what == Arithmetic::kMultiply;
  f.assert_eq = 1;
  set_source(f, c.op1);
  opcode_row(e, c.r, f, c.r.pc + c.op1.is_immediate + 1, c.r.ap + c.ap_add1, c.r.fp);
}
HOST_DEVICE ArithmeticStep<KoalaBear> arithmetic_step(const Step& s) {
  return {s.registers(), s.dst(), s.op0(), source_of(s), s.flag(kApAdd1)};
}

/// dst = op0 op op1 as memory holds them.
template <class T>
struct ArithmeticWords {
  Word<T> dst, op0, op1;
};

template <class E, class V>
HOST_DEVICE constexpr void read_words(E& e, const ArithmeticStep<V>& c,
                                      const ArithmeticWords<V>& w) {
  read_word(e, c.r.en, c.op0.address, w.op0);
  read_word(e, c.r.en, c.op1.address, w.op1);
  read_word(e, c.r.en, c.dst.address, w.dst);
}
HOST_DEVICE ArithmeticWords<KoalaBear> arithmetic_words(const Step& s) {
  return {s.word(s.dst_address()), s.word(s.op0_address()), s.word(s.op1_address())};
}

/// The row uses a word's value, in the limbs of that bus.
template <class E, class V, int kCount>
HOST_DEVICE constexpr void use_value(E& e, Bus bus, const V& en, const Word<V>& word,
                                     const Array<V, kCount>& limb) {
  e.use(bus, en, word.kappa, word.payload, limb);
}

}  // namespace cairn
