// ADD_S: dst = op0 + op1, all three immediates.
//
// Soundness: kappa = 0 bounds all three by 2^28, so the sum is right over the integers.
#pragma once

#include "air/chips/arithmetic.hpp"

namespace cairn {

struct AddSmall {
  static constexpr const char* kName = "ADD_S";
  static constexpr Kind kKind = Kind::kOpcode;
  static constexpr bool kReadsCounts = false;

  template <class T>
  struct Columns {
    ArithmeticStep<T> step;
    T op0, op1;
  };

  template <class E>
  HOST_DEVICE static constexpr void evaluate(E& e) {
    const auto c = e.template columns<Columns>();
    const auto& en = c.step.r.en;
    arithmetic_row(e, c.step, Arithmetic::kAdd);
    read_immediate(e, en, c.step.op0.address, c.op0);
    read_immediate(e, en, c.step.op1.address, c.op1);
    read_immediate(e, en, c.step.dst.address, c.op0 + c.op1);
  }

  HOST_DEVICE static Columns<KoalaBear> fill(const Image& image, const Counts&, const Part& part,
                                             uint32_t row) {
    if (row >= part.count) return {};
    const Step s(image, part, row);
    return {arithmetic_step(s), s.immediate(s.op0_address()), s.immediate(s.op1_address())};
  }
};

}  // namespace cairn
