// CALL_R: call rel immediate.
#pragma once

#include "air/chips/call.hpp"

namespace cairn {

struct CallRelative {
  static constexpr const char* kName = "CALL_R";
  static constexpr Kind kKind = Kind::kOpcode;
  static constexpr bool kReadsCounts = false;

  template <class T>
  struct Columns {
    Registers<T> r;
    T target;
  };

  template <class E>
  HOST_DEVICE static constexpr void evaluate(E& e) {
    using V = typename E::Value;
    const auto c = e.template columns<Columns>();
    Form<V> f;
    f.o2 = V(1);
    f.op1_imm = V(1);
    f.jump_rel = 1;
    call_row<E, V>(e, c.r, f, 2, c.r.pc + c.target);
    read_immediate<E, V>(e, c.r.en, c.r.pc + 1, c.target);
  }

  HOST_DEVICE static Columns<KoalaBear> fill(const Image& image, const Counts&, const Part& part,
                                             uint32_t row) {
    if (row >= part.count) return {};
    const Step s(image, part, row);
    return {s.registers(), s.immediate(s.state.pc + 1)};
  }
};

}  // namespace cairn
