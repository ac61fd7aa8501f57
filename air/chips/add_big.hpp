// ADD_B: dst = op0 + op1 modulo the Cairo prime, any values, in limbs of 27 bits.
//
// With r[-1] = 0 and P the prime: r[j] = (op0[j] + op1[j] + r[j-1] - dst[j] - s P[j]) / 2^27 is an
// affine expression, no column. Soundness: r[j] in {-1, 0, 1} makes both sides of the identity
// differ by less than 2^28 + 2^27 + 2^9 < p, so it holds over the integers (design:
// cairo-air.md 6.1); the limbs are limbs because the value bus says so.
#pragma once

#include "air/chips/arithmetic.hpp"

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
    using V = typename E::Value;
    constexpr int64_t kInverse = KoalaBear(1 << 27).inverse().canonical();
    const auto c = e.template columns<Columns>();
    arithmetic_row(e, c.step, Arithmetic::kAdd);
    e.boolean(c.subtracts_prime, "subtracts_prime is boolean");
    V carry = V(0);
    for (int j = 0; j < kLimbs27; ++j) {
      V sum = c.op0[j] + c.op1[j] - c.dst[j] + carry;
      if (prime_limb27(j) != 0) sum -= c.subtracts_prime * prime_limb27(j);
      if (j < kLimbs27 - 1) {
        carry = sum * V(kInverse);
        e.zero(carry * (carry - 1) * (carry + 1), "carry is -1, 0 or 1");
      } else {
        e.zero(sum, "the last limbs agree");
      }
    }
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
    // Without the prime the lowest words agree: the prime is odd.
    const bool subtracts_prime = ((op0.word[0] + op1.word[0] - dst.word[0]) & 1) != 0;
    return {arithmetic_step(s), arithmetic_words(s), limbs27_of(dst),
            limbs27_of(op0),    limbs27_of(op1),     subtracts_prime ? 1 : 0};
  }
};

}  // namespace cairn
