// RET: pc = [fp - 1], fp = [fp - 2]. Encoded as a jump to op1 = [fp - 1] with dst = [fp - 2].
#pragma once

#include "air/chips/opcode.hpp"

namespace cairn {

struct Return {
  static constexpr const char* kName = "RET";
  static constexpr Kind kKind = Kind::kOpcode;
  static constexpr bool kReadsCounts = false;

  template <class T>
  struct Columns {
    Registers<T> r;
    T target, caller_fp;
  };

  template <class E>
  HOST_DEVICE static constexpr void evaluate(E& e) {
    using V = typename E::Value;
    const auto c = e.template columns<Columns>();
    Form<V> f;
    f.o0 = V(-2);
    f.o1 = V(-1);
    f.o2 = V(-1);
    f.dst_fp = V(1);
    f.op0_fp = V(1);
    f.op1_fp = V(1);
    f.jump_abs = 1;
    f.ret = 1;
    opcode_row<E, V>(e, c.r, f, c.target, c.r.ap, c.caller_fp);
    read_immediate<E, V>(e, c.r.en, c.r.fp - 1, c.target);
    read_immediate<E, V>(e, c.r.en, c.r.fp - 2, c.caller_fp);
  }

  HOST_DEVICE static Columns<KoalaBear> fill(const Image& image, const Counts&, const Part& part,
                                             uint32_t row) {
    if (row >= part.count) return {};
    const Step s(image, part, row);
    return {s.registers(), s.immediate(s.state.fp - 1), s.immediate(s.state.fp - 2)};
  }
};

}  // namespace cairn
