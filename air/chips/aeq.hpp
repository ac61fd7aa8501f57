// AEQ: [ap or fp + o0] = [ap or fp + o2], the copy of a word, compared as (kappa, payload).
#pragma once

#include "air/chips/opcode.hpp"
#include "air/part.hpp"

namespace cairn {

struct Aeq {
  static constexpr const char* kName = "AEQ";
  static constexpr Kind kKind = Kind::kOpcode;
  static constexpr bool kReadsCounts = false;

  template <class T>
  struct Columns {
    T en, pc, ap, fp, o0, o2, dst_fp, op1_fp, ap_add1, dst_address, op1_address, kappa, payload;
  };

  template <class E>
  HOST_DEVICE static constexpr void evaluate(E& e) {
    using V = typename E::Value;
    const auto c = e.template columns<Columns>();
    e.boolean(c.dst_fp, "dst_fp is boolean");
    e.boolean(c.op1_fp, "op1_fp is boolean");
    e.boolean(c.ap_add1, "ap_add1 is boolean");
    e.zero(c.dst_address - operand_address(c.dst_fp, c.ap, c.fp, c.o0), "dst_address");
    e.zero(c.op1_address - operand_address(c.op1_fp, c.ap, c.fp, c.o2), "op1_address");
    Flags<V> f;
    f.dst_fp = c.dst_fp;
    f.op0_fp = V(int64_t{1});
    f.op1_fp = c.op1_fp;
    f.op1_ap = 1 - c.op1_fp;
    f.ap_add1 = c.ap_add1;
    f.assert_eq = 1;
    opcode_row(e, c.en, c.pc, c.ap, c.fp, c.o0, V(int64_t{-1}), c.o2, f, c.pc + 1, c.ap + c.ap_add1, c.fp);
    e.use(Bus::kMemory, c.en, c.dst_address, c.kappa, c.payload);
    e.use(Bus::kMemory, c.en, c.op1_address, c.kappa, c.payload);
  }

  HOST_DEVICE static Columns<KoalaBear> fill(const Image& image, const Counts&, const Part& part,
                                             uint32_t row) {
    Columns<KoalaBear> c{};
    if (row >= part.count) return c;
    const State s = image.states[image.state_begin[part.chip] + part.first + row];
    const Instruction i = Instruction::decode(image.value(image.cell(s.pc)));
    const uint32_t dst_address = (i.flag(kDstFp) ? s.fp : s.ap) + i.o0;
    const uint32_t op1_address = (i.flag(kOp1Fp) ? s.fp : s.ap) + i.o2;
    const Cell dst = image.cell(dst_address);
    c.en = 1;
    c.pc = s.pc;
    c.ap = s.ap;
    c.fp = s.fp;
    c.o0 = i.o0;
    c.o2 = i.o2;
    c.dst_fp = i.flag(kDstFp);
    c.op1_fp = i.flag(kOp1Fp);
    c.ap_add1 = i.flag(kApAdd1);
    c.dst_address = dst_address;
    c.op1_address = op1_address;
    c.kappa = dst.kappa();
    c.payload = dst.payload();
    return c;
  }
};

}  // namespace cairn
