// AEQ: [ap or fp + o0] = [ap or fp + o2], the copy of a word, compared as (kappa, payload).
#pragma once

#include "air/chips/opcode.hpp"

namespace cairn {

struct Aeq {
  static constexpr const char* kName = "AEQ";
  static constexpr Kind kKind = Kind::kOpcode;
  static constexpr bool kReadsCounts = false;

  template <class T>
  struct Columns {
    Registers<T> r;
    Operand<T> dst, op1;
    T ap_add1;
    Word<T> word;
  };

  template <class E>
  HOST_DEVICE static constexpr void evaluate(E& e) {
    using V = typename E::Value;
    const auto c = e.template columns<Columns>();
    constrain_operand(e, c.r, c.dst, "dst");
    constrain_operand(e, c.r, c.op1, "op1");
    e.boolean(c.ap_add1, "ap_add1 is boolean");
    Form<V> f;
    f.o0 = c.dst.offset;
    f.o1 = V(-1);
    f.o2 = c.op1.offset;
    f.dst_fp = c.dst.is_fp;
    f.op0_fp = V(1);
    f.op1_fp = c.op1.is_fp;
    f.op1_ap = 1 - c.op1.is_fp;
    f.ap_add1 = c.ap_add1;
    f.assert_eq = 1;
    opcode_row(e, c.r, f, c.r.pc + 1, c.r.ap + c.ap_add1, c.r.fp);
    read_word(e, c.r.en, c.dst.address, c.word);
    read_word(e, c.r.en, c.op1.address, c.word);
  }

  HOST_DEVICE static Columns<KoalaBear> fill(const Image& image, const Counts&, const Part& part,
                                             uint32_t row) {
    if (row >= part.count) return {};
    const Step s(image, part, row);
    return {s.registers(), s.dst(), s.op1(), s.flag(kApAdd1), s.word(s.dst_address())};
  }
};

}  // namespace cairn
