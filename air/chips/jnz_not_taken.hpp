// JNZ_N: a conditional jump whose condition is 0: the immediate 0, since BIG and MID hold no 0
// modulo P.
#pragma once

#include "air/chips/jnz.hpp"

namespace cairn {

struct JnzNotTaken {
  static constexpr const char* kName = "JNZ_N";
  static constexpr Kind kKind = Kind::kOpcode;
  static constexpr bool kReadsCounts = false;

  template <class T>
  struct Columns {
    JnzStep<T> step;
  };

  template <class E>
  HOST_DEVICE static constexpr void evaluate(E& e) {
    using V = typename E::Value;
    const auto c = e.template columns<Columns>();
    jnz_row<E, V>(e, c.step, c.step.r.pc + 2);
    read_immediate(e, c.step.r.en, c.step.dst.address, V(0));
  }

  HOST_DEVICE static Columns<KoalaBear> fill(const Image& image, const Counts&, const Part& part,
                                             uint32_t row) {
    if (row >= part.count) return {};
    return {jnz_step(Step(image, part, row))};
  }
};

}  // namespace cairn
