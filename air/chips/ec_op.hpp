// EC_OP: the ec_op builtin, one instance (P.x, P.y, Q.x, Q.y, m, R.x, R.y) with R = P + m Q a row;
// EC_OP_STEP adds and doubles.
//
// The row checks P and Q to be on the curve y^2 = x^3 + x + beta, m to be below the Cairo prime,
// and hands m out in 28 digits of 9 bits. Coordinates travel on the chain bus in balanced form
// (air/chips/balanced.hpp), as limbs of 27 bits: (value + kBalance) mod P, so that each is a sum of
// air/chips/sum.hpp. Soundness: as for PEDERSEN; the chain's first message has step 0 and both
// points, its last one step 253 and the sum, so that the end of a chain is no start.
//
// 433 columns, 185 fractions: 898 cells, and 256 428 with the 253 steps of an instance. Design:
// cairo-air.md 7.2.
#pragma once

#include "air/chips/balanced.hpp"
#include "air/chips/builtin_rows.hpp"
#include "air/chips/opcode.hpp"
#include "air/chips/product.hpp"
#include "air/chips/reduced.hpp"
#include "air/chips/sum.hpp"

namespace cairn {

struct EcOp {
  static constexpr const char* kName = "EC_OP";
  static constexpr Kind kKind = Kind::kBuiltin;
  static constexpr Builtin kBuiltin = Builtin::kEcOp;
  static constexpr uint32_t kCellsPerRow = 7;
  static constexpr bool kReadsCounts = false;

  static constexpr int kBits = 252;
  static constexpr int kDigitBits = 9;
  /// Rows of a chain: one a bit, and one that holds the result.
  static constexpr int kSteps = kBits + 1;

  /// A step's work, all in balanced form: x and y of the sum, x and y of the multiple of Q, the
  /// slopes of the line through both points and of the tangent to the second.
  static constexpr uint32_t kStepFelts = 6;
  /// And the squares of P.x and Q.x.
  static constexpr uint32_t kWorkFelts = kSteps * kStepFelts + 2;
  /// Host only.
  static void make_work(const Image& image, uint32_t address, Felt* out);

  /// beta.
  static constexpr Felt kBeta{
      {0xf4cdfcb99cee9e89, 0x609ad26c15c915c1, 0x150e596d72f7a8c5, 0x06f21413efbe40de}};
  /// Carries of the curve's equation that need a bit more.
  static constexpr int kWideFirst = 12, kWideLast = 21;

  /// That (x, y) is on the curve: square = x^2 and square * x + x + beta - y^2 = 0.
  template <class T>
  struct CurveCheck {
    Array<T, kLimbs9> square;
    ProductWitness<T> square_witness;
    WideProductWitness<T, kWideFirst, kWideLast> witness;
  };

  /// A coordinate in balanced form.
  template <class T>
  struct BalancedForm {
    Array<T, kLimbs27> limb;
    T subtracts_prime;
  };

  template <class T>
  struct Columns {
    T address, en;  // read in the next row
    Word<T> word[kCellsPerRow];
    Array<T, kLimbs9> input[5];  // P.x, P.y, Q.x, Q.y, m
    Array<T, kLimbs27> result[2];
    BalancedForm<T> balanced[6];  // P.x, P.y, Q.x, Q.y, R.x, R.y
    Reduced<T> reduced;           // m
    CurveCheck<T> on_curve[2];    // P, Q
  };

  template <class E>
  HOST_DEVICE static constexpr void evaluate(E& e) {
    using V = typename E::Value;
    constexpr int kChain = static_cast<int>(ChainKind::kEcOp);
    const auto c = e.template columns<Columns>();
    builtin_rows(e, kCellsPerRow, c.address, c.en);
    for (int i = 0; i < static_cast<int>(kCellsPerRow); ++i) {
      read_word(e, c.en, c.address + i, c.word[i]);
      if (i < 5) {
        e.use(Bus::kValue9, c.en, c.word[i].kappa, c.word[i].payload, c.input[i]);
      } else {
        e.use(Bus::kValue27, c.en, c.word[i].kappa, c.word[i].payload, c.result[i - 5]);
      }
    }
    constexpr Felt kResidue = kBalanceResidue;  // devices have no objects of the host's
    Array<V, kLimbs27> balance{};
    for (int i = 0; i < kLimbs27; ++i) {
      balance[i] = c.en * static_cast<int>(kResidue.limb27(i));
    }
    for (int i = 0; i < 6; ++i) {
      constrain_sum(e, i < 4 ? join_limbs(c.input[i]) : c.result[i - 4], balance,
                    c.balanced[i].limb, c.balanced[i].subtracts_prime);
    }
    check_reduced(e, c.en, c.input[4], c.reduced);
    for (int i = 0; i < 2; ++i) {
      check_on_curve(e, c.en, c.input[2 * i], c.input[2 * i + 1], c.on_curve[i]);
    }
    for (int i = 0; i < kLimbs9; ++i) {
      e.provide(Bus::kDigit, c.en, kChain, c.address, kDigitBits * i, c.input[4][i]);
    }
    e.provide(Bus::kChain, c.en, kChain, c.address, 0, c.balanced[0].limb, c.balanced[1].limb,
              c.balanced[2].limb, c.balanced[3].limb);
    e.use(Bus::kChain, c.en, kChain, c.address, +kSteps, c.balanced[4].limb, c.balanced[5].limb);
  }

  HOST_DEVICE static Columns<KoalaBear> fill(const Image& image, const Counts&, const Part& part,
                                             uint32_t row) {
    Columns<KoalaBear> c{};
    const auto [address, real] = begin_builtin_row(part, kCellsPerRow, row, c);
    if (!real) return c;
    for (uint32_t i = 0; i < kCellsPerRow; ++i) {
      const Cell cell = image.cell(address + i);
      const Felt value = image.value(cell);
      c.word[i] = word_of(cell);
      if (i < 5) {
        c.input[i] = limbs9_of<kLimbs9>(value);
      } else {
        c.result[i - 5] = limbs27_of(value);
      }
      if (i == 4) {
        c.reduced = reduced_of(value);
        continue;
      }
      constexpr Felt kResidue = kBalanceResidue;
      const Felt form = balanced_form(value);
      BalancedForm<KoalaBear>& b = c.balanced[i < 4 ? i : i - 1];
      b.limb = limbs27_of(form);
      b.subtracts_prime = sum_subtracts_prime(value, kResidue, form) ? 1 : 0;
    }
    const Felt* squares =
        image.work[static_cast<int>(kBuiltin)] +
        uint64_t{builtin_instance(image, kBuiltin, kCellsPerRow, address)} * kWorkFelts +
        kSteps * kStepFelts;
    for (uint32_t i = 0; i < 2; ++i) {
      c.on_curve[i] = curve_check(image.value(image.cell(address + 2 * i)),
                                  image.value(image.cell(address + 2 * i + 1)), squares[i]);
    }
    return c;
  }

  /// square * x + x + beta - y^2.
  template <class V>
  HOST_DEVICE static constexpr ProductSum<V> curve_equation(const Array<V, kLimbs9>& x,
                                                            const Array<V, kLimbs9>& y,
                                                            const Array<V, kLimbs9>& square) {
    ProductSum<V> z = limb_product(square, x);
    const ProductSum<V> yy = limb_product(y, y);
    constexpr Felt kConstant = kBeta;
    for (int i = 0; i < kProductCoefficients; ++i) z[i] -= yy[i];
    for (int i = 0; i < kLimbs9; ++i) z[i] += x[i] + static_cast<int>(kConstant.limb9(i));
    return z;
  }

 private:
  template <class E, class V>
  HOST_DEVICE static constexpr void check_on_curve(E& e, const V& en, const Array<V, kLimbs9>& x,
                                                   const Array<V, kLimbs9>& y,
                                                   const CurveCheck<V>& w) {
    for (int i = 0; i < kLimbs9; i += 2) e.use(Bus::kPair9, en, w.square[i], w.square[i + 1]);
    check_product(e, en, x, x, w.square, w.square_witness);
    check_sum(e, en, curve_equation(x, y, w.square), w.witness);
  }
  HOST_DEVICE static CurveCheck<KoalaBear> curve_check(const Felt& x, const Felt& y,
                                                       const Felt& square) {
    using Limbs = Array<int64_t, kLimbs9>;
    const Limbs z = integer_limbs9<kLimbs9>(square);
    return {limbs9_of<kLimbs9>(square), product_witness(x, x, square),
            wide_sum_witness<kWideFirst, kWideLast>(fold_product(curve_equation<int64_t>(
                integer_limbs9<kLimbs9>(x), integer_limbs9<kLimbs9>(y), z)))};
  }
};

}  // namespace cairn
