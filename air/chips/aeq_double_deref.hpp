// AEQ_DD: [ap or fp + o0] = [[ap or fp + o1] + o2], compared as (kappa, payload).
//
// Soundness: the pointer is read with kappa = 0, so it is a signed 29-bit integer and pointer + o2
// does not wrap; an address that does not exist has no row in MEM.
#pragma once

#include "air/chips/opcode.hpp"

namespace cairn {

struct AeqDoubleDeref {
  static constexpr const char* kName = "AEQ_DD";
  static constexpr Kind kKind = Kind::kOpcode;
  static constexpr bool kReadsCounts = false;

  template <class T>
  struct Columns {
    Registers<T> r;
    Operand<T> dst, op0;
    T o2, ap_add1, pointer;
    Word<T> word;
  };

  template <class E>
  HOST_DEVICE static constexpr void evaluate(E& e) {
    using V = typename E::Value;
    const auto c = e.template columns<Columns>();
    constrain_operand(e, c.r, c.dst, "dst");
    constrain_operand(e, c.r, c.op0, "op0");
    e.boolean(c.ap_add1, "ap_add1 is boolean");
    Form<V> f;
    f.o0 = c.dst.offset;
    f.o1 = c.op0.offset;
    f.o2 = c.o2;
    f.dst_fp = c.dst.is_fp;
    f.op0_fp = c.op0.is_fp;
    f.ap_add1 = c.ap_add1;
    f.assert_eq = 1;
    opcode_row(e, c.r, f, c.r.pc + 1, c.r.ap + c.ap_add1, c.r.fp);
    read_immediate(e, c.r.en, c.op0.address, c.pointer);
    read_word(e, c.r.en, c.pointer + c.o2, c.word);
    read_word(e, c.r.en, c.dst.address, c.word);
  }

  HOST_DEVICE static Columns<KoalaBear> fill(const Image& image, const Counts&, const Part& part,
                                             uint32_t row) {
    if (row >= part.count) return {};
    const Step s(image, part, row);
    return {s.registers(),          s.dst(),         s.op0(),
            s.instruction.o2,       s.flag(kApAdd1), s.immediate(s.op0_address()),
            s.word(s.dst_address())};
  }
};

}  // namespace cairn
