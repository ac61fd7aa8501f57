// CALL_A: call abs [ap or fp + o2].
#pragma once

#include "air/chips/call.hpp"

namespace cairn {

struct CallAbsolute {
  static constexpr const char* kName = "CALL_A";
  static constexpr Kind kKind = Kind::kOpcode;
  static constexpr bool kReadsCounts = false;

  template <class T>
  struct Columns {
    Registers<T> r;
    Operand<T> op1;
    T target;
  };

  template <class E>
  HOST_DEVICE static constexpr void evaluate(E& e) {
    using V = typename E::Value;
    const auto c = e.template columns<Columns>();
    constrain_operand(e, c.r, c.op1, "op1");
    Form<V> f;
    f.o2 = c.op1.offset;
    f.op1_fp = c.op1.is_fp;
    f.op1_ap = 1 - c.op1.is_fp;
    f.jump_abs = 1;
    call_row<E, V>(e, c.r, f, 1, c.target);
    read_immediate<E, V>(e, c.r.en, c.op1.address, c.target);
  }

  HOST_DEVICE static Columns<KoalaBear> fill(const Image& image, const Counts&, const Part& part,
                                             uint32_t row) {
    if (row >= part.count) return {};
    const Step s(image, part, row);
    return {s.registers(), s.op1(), s.immediate(s.op1_address())};
  }
};

}  // namespace cairn
