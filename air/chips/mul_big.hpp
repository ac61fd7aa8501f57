// MUL_B: dst = op0 * op1 modulo the Cairo prime, any values (air/chips/product.hpp).
#pragma once

#include "air/chips/arithmetic.hpp"
#include "air/chips/product.hpp"

namespace cairn {

struct MulBig {
  static constexpr const char* kName = "MUL_B";
  static constexpr Kind kKind = Kind::kOpcode;
  static constexpr bool kReadsCounts = false;

  template <class T>
  struct Columns {
    ArithmeticStep<T> step;
    ArithmeticWords<T> words;
    Array<T, kLimbs9> dst, op0, op1;
    ProductWitness<T> witness;
  };

  template <class E>
  HOST_DEVICE static constexpr void evaluate(E& e) {
    const auto c = e.template columns<Columns>();
    const auto& en = c.step.r.en;
    arithmetic_row(e, c.step, Arithmetic::kMultiply);
    read_words(e, c.step, c.words);
    use_value(e, Bus::kValue9, en, c.words.op0, c.op0);
    use_value(e, Bus::kValue9, en, c.words.op1, c.op1);
    use_value(e, Bus::kValue9, en, c.words.dst, c.dst);
    check_product(e, en, c.op0, c.op1, c.dst, c.witness);
  }

  HOST_DEVICE static Columns<KoalaBear> fill(const Image& image, const Counts&, const Part& part,
                                             uint32_t row) {
    if (row >= part.count) return {};
    const Step s(image, part, row);
    const Felt dst = s.value(s.dst_address());
    const Felt op0 = s.value(s.op0_address());
    const Felt op1 = s.value(s.op1_address());
    return {arithmetic_step(s),      arithmetic_words(s),     limbs9_of<kLimbs9>(dst),
            limbs9_of<kLimbs9>(op0), limbs9_of<kLimbs9>(op1), product_witness(op0, op1, dst)};
  }
};

}  // namespace cairn
