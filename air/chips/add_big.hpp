// ADD_B: dst = op0 + op1 modulo the Cairo prime, any values, in limbs of 27 bits
// (air/chips/sum.hpp); the limbs are limbs because the value bus says so.
#pragma once

#include "air/chips/arithmetic.hpp"
#include "air/chips/sum.hpp"

namespace cairn {

struct AddBig {
  static constexpr const char* kName = "ADD_B";
  static constexpr Kind kKind = Kind::kOpcode;
  static constexpr bool kReadsCounts = false;

  template <class T>
  struct Columns {
    ArithmeticStep<T> step;
    ArithmeticWords<T> words;
    Array<T, kLimbs27> dst, op0, op1;
    T subtracts_prime;
  };

  template <class E>
  HOST_DEVICE static constexpr void evaluate(E& e) {
    const auto c = e.template columns<Columns>();
    arithmetic_row(e, c.step, Arithmetic::kAdd);
    constrain_sum(e, c.op0, c.op1, c.dst, c.subtracts_prime);
    read_words(e, c.step, c.words);
    use_value(e, Bus::kValue27, c.step.r.en, c.words.op0, c.op0);
    use_value(e, Bus::kValue27, c.step.r.en, c.words.op1, c.op1);
    use_value(e, Bus::kValue27, c.step.r.en, c.words.dst, c.dst);
  }

  HOST_DEVICE static Columns<KoalaBear> fill(const Image& image, const Counts&, const Part& part,
                                             uint32_t row) {
    if (row >= part.count) return {};
    const Step s(image, part, row);
    const Felt dst = s.value(s.dst_address());
    const Felt op0 = s.value(s.op0_address());
    const Felt op1 = s.value(s.op1_address());
    return {arithmetic_step(s), arithmetic_words(s), limbs27_of(dst),
            limbs27_of(op0),    limbs27_of(op1),     sum_subtracts_prime(op0, op1, dst) ? 1 : 0};
  }
};

}  // namespace cairn
