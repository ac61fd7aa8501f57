// JMP_RI: jmp rel immediate.
#pragma once

#include "air/chips/jump.hpp"

namespace cairn {

struct JumpRelativeImmediate {
  static constexpr const char* kName = "JMP_RI";
  static constexpr Kind kKind = Kind::kOpcode;
  static constexpr bool kReadsCounts = false;

  template <class T>
  struct Columns {
    Registers<T> r;
    T ap_add1, target;
  };

  template <class E>
  HOST_DEVICE static constexpr void evaluate(E& e) {
    using V = typename E::Value;
    const auto c = e.template columns<Columns>();
    Form<V> f;
    f.o1 = V(-1);
    f.o2 = V(1);
    f.op0_fp = V(1);
    f.op1_imm = V(1);
    f.jump_rel = 1;
    jump_row<E, V>(e, c.r, c.ap_add1, f, c.r.pc + c.target);
    read_immediate<E, V>(e, c.r.en, c.r.pc + 1, c.target);
  }

  HOST_DEVICE static Columns<KoalaBear> fill(const Image& image, const Counts&, const Part& part,
                                             uint32_t row) {
    if (row >= part.count) return {};
    const Step s(image, part, row);
    return {s.registers(), s.flag(kApAdd1), s.immediate(s.state.pc + 1)};
  }
};

}  // namespace cairn
