// JMP_AD: jmp abs [[ap or fp + o1] + o2].
#pragma once

#include "air/chips/jump.hpp"

namespace cairn {

struct JumpAbsoluteDoubleDeref {
  static constexpr const char* kName = "JMP_AD";
  static constexpr Kind kKind = Kind::kOpcode;
  static constexpr bool kReadsCounts = false;

  template <class T>
  struct Columns {
    Registers<T> r;
    Operand<T> op0;
    T o2, ap_add1, pointer, target;
  };

  template <class E>
  HOST_DEVICE static constexpr void evaluate(E& e) {
    using V = typename E::Value;
    const auto c = e.template columns<Columns>();
    constrain_operand(e, c.r, c.op0, "op0");
    Form<V> f;
    f.o1 = c.op0.offset;
    f.o2 = c.o2;
    f.op0_fp = c.op0.is_fp;
    f.jump_abs = 1;
    jump_row<E, V>(e, c.r, c.ap_add1, f, c.target);
    read_immediate<E, V>(e, c.r.en, c.op0.address, c.pointer);
    read_immediate<E, V>(e, c.r.en, c.pointer + c.o2, c.target);
  }

  HOST_DEVICE static Columns<KoalaBear> fill(const Image& image, const Counts&, const Part& part,
                                             uint32_t row) {
    if (row >= part.count) return {};
    const Step s(image, part, row);
    const int32_t pointer = s.immediate(s.op0_address());
    return {s.registers(),   s.op0(), s.instruction.o2,
            s.flag(kApAdd1), pointer, s.immediate(pointer + s.instruction.o2)};
  }
};

}  // namespace cairn
