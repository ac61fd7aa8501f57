// MUL_MOD: the mul_mod builtin, one instance a row: a b = c + q p over the integers for a q that
// the row holds, with numbers of 384 bits (design: cairo-air.md 7.4). c need not be below p. 348
// columns, 161 lookups, 753 cells an instance.
//
// Words are ten limbs of 9 bits and one of 6, q the same but for its top limbs, of 9 bits: a q with
// more than 384 bits is no harm. With X = 2^9 and Y = 2^96, z = a b - c - q p is a polynomial in X
// and Y; X^11 = 8 Y takes its powers of X from 11 to 20 to the next word. What is left is a number
// with 87 digits of 9 and 6 bits in turn, and with their carries all are 0:
// z[i] + carry[i-1] = 2^bits carry[i].
//
// Soundness: limbs are below 2^9 by the value bus and PAIR9, carries lie in [-2^18, 2^18), and
// |z[i]| < 2^26.4, so the two sides differ by less than p (a test recomputes the bounds from the
// text) and the identities hold over the integers.
#pragma once

#include "air/chips/mod_builtin.hpp"

namespace cairn {

struct MulMod {
  static constexpr const char* kName = "MUL_MOD";
  static constexpr Kind kKind = Kind::kBuiltin;
  static constexpr Builtin kBuiltin = Builtin::kMulMod;
  static constexpr uint32_t kCellsPerRow = kModCells;
  static constexpr bool kReadsCounts = false;
  static constexpr int kLimbs = 11;  // of a word
  static constexpr int kLimbBits = 9;
  static constexpr int kTopBits = kModWordBits - (kLimbs - 1) * kLimbBits;
  /// The highest power of X is 20, that of Y is 6: 8 X^9 Y^7 at last.
  static constexpr int kDigits = 2 * kModWords * kLimbs - 1;
  /// Carries are checked by RANGE of this width after adding the bias. Honest ones lie in
  /// [-151228, 151228].
  static constexpr int kCarryBits = 19;
  static constexpr int kCarryBias = 1 << 18;

  template <class T>
  using Limbs = Array<Array<T, kLimbs>, kModWords>;

  template <class T>
  struct Columns {
    ModInstance<T, kLimbs> instance;
    Limbs<T> quotient;
    Array<T, kDigits - 1> carry;
  };

  /// The digits of a b - c - q p.
  template <class V>
  HOST_DEVICE static constexpr Array<V, kDigits> digits(const Limbs<V>& a, const Limbs<V>& b,
                                                        const Limbs<V>& c, const Limbs<V>& q,
                                                        const Limbs<V>& p) {
    Array<V, kDigits> z{};
    for (int i = 0; i < kDigits; ++i) {
      z[i] = i < kModWords * kLimbs ? V(0) - c[i / kLimbs][i % kLimbs] : V(0);
    }
    for (int y = 0; y < 2 * kModWords - 1; ++y) {
      const int first = y < kModWords ? 0 : y - kModWords + 1;
      for (int x = 0; x < 2 * kLimbs - 1; ++x) {
        const int left = x < kLimbs ? 0 : x - kLimbs + 1;
        V sum = V(0);
        for (int i = first; i < kModWords && i <= y; ++i) {
          for (int j = left; j < kLimbs && j <= x; ++j) {
            sum += a[i][j] * b[y - i][x - j] - q[i][j] * p[y - i][x - j];
          }
        }
        // Position 11 y + x either way: X^(x - 11) of word y + 1, with the factor 8.
        z[kLimbs * y + x] += x < kLimbs ? sum : sum * (1 << (kLimbBits - kTopBits));
      }
    }
    return z;
  }

  template <class E>
  HOST_DEVICE static constexpr void evaluate(E& e) {
    using V = typename E::Value;
    const auto c = e.template columns<Columns>();
    const auto& m = c.instance;
    mod_instance(e, Bus::kValue9, m);
    check_top_limbs(e, m.en, m.p);
    for (int i = 0; i < 3; ++i) check_top_limbs(e, m.en, m.operand[i]);
    for (int i = 0; i < kModWords * kLimbs; i += 2) {
      e.use(Bus::kPair9, m.en, c.quotient[i / kLimbs][i % kLimbs],
            c.quotient[(i + 1) / kLimbs][(i + 1) % kLimbs]);
    }
    const Array<V, kDigits> z =
        digits<V>(m.operand[0].limb, m.operand[1].limb, m.operand[2].limb, c.quotient, m.p.limb);
    for (int i = 0; i < kDigits; ++i) {
      V sum = z[i];
      if (i > 0) sum += c.carry[i - 1];
      if (i < kDigits - 1) sum -= c.carry[i] * (1 << digit_bits(i));
      e.zero(sum, "a b = c + q p");
    }
    for (int i = 0; i < kDigits - 1; ++i) e.range(kCarryBits, m.en, c.carry[i] + kCarryBias);
  }

  HOST_DEVICE static Columns<KoalaBear> fill(const Image& image, const Counts&, const Part& part,
                                             uint32_t row) {
    Columns<KoalaBear> c{};
    const auto [address, real] = begin_builtin_row(part, kCellsPerRow, row, c.instance);
    if (!real) return c;
    const ModIntegers m = fill_mod_instance<kLimbBits>(image, address, c.instance);
    ModInteger quotient;
    find_quotient(m, quotient);
    const Limbs<int64_t> q = limbs(quotient);
    for (int i = 0; i < kModWords; ++i) {
      for (int j = 0; j < kLimbs; ++j) c.quotient[i][j] = q[i][j];
    }
    const Array<int64_t, kDigits> z =
        digits<int64_t>(limbs(m.a), limbs(m.b), limbs(m.c), q, limbs(m.p));
    int64_t carry = 0;
    for (int i = 0; i < kDigits - 1; ++i) {
      carry = (carry + z[i]) >> digit_bits(i);
      c.carry[i] = carry;
    }
    return c;
  }

  /// Whether the chip has a row for these numbers: a b = c + q p for a q of 384 bits, which it
  /// gives.
  HOST_DEVICE static constexpr bool find_quotient(const ModIntegers& m, ModInteger& quotient) {
    auto product = multiply(m.a, m.b);
    const bool below = subtract_from(product, m.c) != 0;
    return divide_exactly(product, m.p, quotient) && !below;
  }

 private:
  HOST_DEVICE static constexpr int digit_bits(int i) {
    return i % kLimbs == kLimbs - 1 ? kTopBits : kLimbBits;
  }
  HOST_DEVICE static constexpr Limbs<int64_t> limbs(const ModInteger& x) {
    Limbs<int64_t> result{};
    for (int i = 0; i < kModWords; ++i) {
      for (int j = 0; j < kLimbs; ++j) {
        result[i][j] = x.bits(kModWordBits * i + kLimbBits * j, digit_bits(j));
      }
    }
    return result;
  }
  /// Two limbs a lookup; 8 times a limb does not wrap, since it is below 2^9.
  template <class E, class V>
  HOST_DEVICE static constexpr void check_top_limbs(E& e, const V& en,
                                                    const ModNumber<V, kLimbs>& number) {
    constexpr int kShift = 1 << (kLimbBits - kTopBits);
    for (int i = 0; i < kModWords; i += 2) {
      e.use(Bus::kPair9, en, number.limb[i][kLimbs - 1] * kShift,
            number.limb[i + 1][kLimbs - 1] * kShift);
    }
  }
};

}  // namespace cairn
