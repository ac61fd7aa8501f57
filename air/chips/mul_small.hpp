// MUL_S: dst = op0 * op1 over the integers, op0 and op1 below 2^36, in limbs of 9 bits.
//
// The product's coefficients are taken two by two, in units of 2^18. Soundness: a pair of
// coefficients is below 2^29 and a carry below 2^11, so both sides of each identity differ by less
// than p and it holds over the integers (design: cairo-air.md 6.4). dst's limbs from the ninth on
// are 0 in its message.
#pragma once

#include "air/chips/arithmetic.hpp"

namespace cairn {

struct MulSmall {
  static constexpr const char* kName = "MUL_S";
  static constexpr Kind kKind = Kind::kOpcode;
  static constexpr bool kReadsCounts = false;
  static constexpr int kFactorLimbs = 4;
  static constexpr int kProductLimbs = 2 * kFactorLimbs;
  static constexpr int kCarryBits = 11;

  template <class T>
  struct Columns {
    ArithmeticStep<T> step;
    ArithmeticWords<T> words;
    Array<T, kProductLimbs> dst;
    Array<T, kFactorLimbs> op0, op1;
    Array<T, kFactorLimbs - 1> carry;
  };

  template <class E>
  HOST_DEVICE static constexpr void evaluate(E& e) {
    using V = typename E::Value;
    const auto c = e.template columns<Columns>();
    arithmetic_row(e, c.step, Arithmetic::kMultiply);
    for (int i = 0; i < kFactorLimbs; ++i) {
      V pair = coefficient<V>(c.op0, c.op1, 2 * i) - c.dst[2 * i] - c.dst[2 * i + 1] * (1 << 9);
      if (2 * i + 1 < kProductLimbs - 1) {
        pair += coefficient<V>(c.op0, c.op1, 2 * i + 1) * (1 << 9);
      }
      if (i > 0) pair += c.carry[i - 1];
      if (i < kFactorLimbs - 1) pair -= c.carry[i] * (1 << 18);
      e.zero(pair, "product of limbs");
    }
    read_words(e, c.step, c.words);
    use_value(e, Bus::kValue9, c.step.r.en, c.words.op0, c.op0);
    use_value(e, Bus::kValue9, c.step.r.en, c.words.op1, c.op1);
    use_value(e, Bus::kValue9, c.step.r.en, c.words.dst, c.dst);
    for (int i = 0; i < kFactorLimbs - 1; ++i) e.range(kCarryBits, c.step.r.en, c.carry[i]);
  }

  HOST_DEVICE static Columns<KoalaBear> fill(const Image& image, const Counts&, const Part& part,
                                             uint32_t row) {
    if (row >= part.count) return {};
    const Step s(image, part, row);
    const Felt dst = s.value(s.dst_address());
    const Felt op0 = s.value(s.op0_address());
    const Felt op1 = s.value(s.op1_address());
    Columns<KoalaBear> c;
    c.step = arithmetic_step(s);
    c.words = arithmetic_words(s);
    c.dst = limbs9_of<kProductLimbs>(dst);
    c.op0 = limbs9_of<kFactorLimbs>(op0);
    c.op1 = limbs9_of<kFactorLimbs>(op1);
    Array<int64_t, kFactorLimbs> x, y;
    for (int i = 0; i < kFactorLimbs; ++i) x[i] = op0.limb9(i);
    for (int i = 0; i < kFactorLimbs; ++i) y[i] = op1.limb9(i);
    int64_t carry = 0;
    for (int i = 0; i < kFactorLimbs - 1; ++i) {
      carry += coefficient<int64_t>(x, y, 2 * i) + coefficient<int64_t>(x, y, 2 * i + 1) * 512;
      carry >>= 18;
      c.carry[i] = carry;
    }
    return c;
  }

 private:
  /// Coefficient i of the product of two limb polynomials.
  template <class V>
  HOST_DEVICE static constexpr V coefficient(const Array<V, kFactorLimbs>& a,
                                             const Array<V, kFactorLimbs>& b, int i) {
    const int first = i < kFactorLimbs ? 0 : i - kFactorLimbs + 1;
    V sum = a[first] * b[i - first];
    for (int j = first + 1; j < kFactorLimbs && j <= i; ++j) sum += a[j] * b[i - j];
    return sum;
  }
};

}  // namespace cairn
