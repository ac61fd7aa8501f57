// EC_OP_STEP: one bit of m in an ec_op: the sum A grows by the multiple D of Q if the bit is set,
// and D is doubled. The rows of an instance stand one after another, steps 0 to 252; the last one
// holds the result.
//
// With a the slope of the line through A and D, t that of the tangent at D:
//   bit set:   a (D.x - A.x) = D.y - A.y,   a^2 = D.x + A.x + A'.x,   a (A.x - A'.x) = A.y + A'.y
//   not set:   A' = A, limb by limb
//   always:    2 t D.y = 3 D.x^2 + 1,   t^2 = 2 D.x + D'.x,   t (D.x - D'.x) = D.y + D'.y
// six sums of products of balanced limbs; 5 * 28 * 2^16 of the tangent's equation stays within
// carries of 20 bits.
//
// Soundness. Blocks, labels and digits: air/chips/block_rows.hpp; a digit of 9 bits is taken by the
// row whose step its message names, and comes apart bit by bit until the row before the next one:
// there, and in the last row, nothing is left. Additions: A and D differ in x, because both columns
// hold integers below P, the only ones for their residues, and the sum of the squared differences
// of their limbs (below 28 * 2^18) has an inverse. D is not its own negative: the order of the
// group is odd, Q is on the curve by the opener's check, so D.y is never 0 and the tangent's slope
// is the only one.
//
// 365 columns, 257 fractions: 1010 cells. Design: cairo-air.md 7.2; non-equality: 7.9.
#pragma once

#include "air/chips/block_rows.hpp"
#include "air/chips/ec_op.hpp"

namespace cairn {

struct EcOpStep {
  static constexpr const char* kName = "EC_OP_STEP";
  static constexpr Kind kKind = Kind::kCall;
  static constexpr bool kReadsCounts = false;
  static constexpr uint32_t kRowsPerCall = EcOp::kSteps;
  /// Carries of the tangent's equation that need a bit more.
  static constexpr int kWideFirst = 9, kWideLast = 22;

  /// Sums of one product: the chord's and of the new sum, which hold where the bit is set, and of
  /// the new multiple.
  static constexpr int kLines = 5, kLinesOfBit = 3;

  static uint64_t call_count(const Image& image) {
    return builtin_instances(image, EcOp::kBuiltin, EcOp::kCellsPerRow);
  }

  template <class T>
  struct Point {
    Array<T, kLimbs9> x, y;  // balanced
  };

  template <class T>
  struct Columns {
    T en, start, label, step, takes_digit, rest;  // down to multiple: read in the next row
    Point<T> sum, multiple;
    T link, bit, inverse;
    Reduced<T> sum_reduced, multiple_reduced;  // of x
    Array<T, kLimbs9> slope, tangent;          // balanced
    ProductWitness<T> line_witness[kLines];
    WideProductWitness<T, kWideFirst, kWideLast> tangent_witness;
  };

  template <class E>
  HOST_DEVICE static constexpr void evaluate(E& e) {
    using V = typename E::Value;
    constexpr int kChain = static_cast<int>(ChainKind::kEcOp);
    const auto c = e.template columns<Columns>();
    const Point<V> next_sum = next_point(e, kFirst), next_multiple = next_point(e, kFirst + 56);
    const V next_takes = e.next(4), next_rest = e.next(5);

    block_rows(e, c.en, c.start, c.label, c.step, c.link);
    e.boolean(c.bit, "bit is boolean");
    e.boolean(c.takes_digit, "takes_digit is boolean");
    e.zero(c.bit * (1 - c.link), "the last row has no bit");
    e.zero(c.takes_digit * (1 - c.en), "padding takes no digit");
    e.zero(c.link * (c.rest - c.bit - (next_rest * (1 - next_takes)) * 2), "bits of a digit");
    e.zero((c.en - c.link) * c.rest, "nothing is left");

    const Array<V, kLimbs9> slope = balanced(c.slope), tangent = balanced(c.tangent);
    const Point<V> sum = balanced_point(c.sum), multiple = balanced_point(c.multiple);
    const Point<V> sum_after = balanced_point(next_sum),
                   double_after = balanced_point(next_multiple);
    // In a loop, since compilers take minutes for as many copies of a product.
    const Line<V> lines[kLines] = {
        chord<V>(slope, sum, multiple), new_x<V>(slope, sum.x, multiple.x, sum_after.x),
        new_y<V>(slope, sum, sum_after), new_x<V>(tangent, multiple.x, multiple.x, double_after.x),
        new_y<V>(tangent, multiple, double_after)};
    for (int i = 0; i < kLines; ++i) {
      check_sum(e, i < kLinesOfBit ? c.bit : c.link, product_sum(lines[i]), c.line_witness[i]);
    }
    check_sum(e, c.link, tangent_at<V>(tangent, multiple), c.tangent_witness);
    for (int i = 0; i < kLimbs9; ++i) {
      e.zero((c.link - c.bit) * (next_sum.x[i] - c.sum.x[i]), "without the bit the sum stays");
      e.zero((c.link - c.bit) * (next_sum.y[i] - c.sum.y[i]), "without the bit the sum stays");
    }

    check_reduced(e, c.en, c.sum.x, c.sum_reduced);
    check_reduced(e, c.en, c.multiple.x, c.multiple_reduced);
    V distance = V(0);
    for (int i = 0; i < kLimbs9; ++i) {
      const V difference = c.sum.x[i] - c.multiple.x[i];
      distance += difference * difference;
    }
    e.zero(distance * c.inverse - c.bit, "points to be added differ in x");

    for (int i = 0; i < kLimbs9; i += 2) {
      e.use(Bus::kPair9, c.en, c.sum.x[i], c.sum.x[i + 1]);
      e.use(Bus::kPair9, c.en, c.sum.y[i], c.sum.y[i + 1]);
      e.use(Bus::kPair9, c.en, c.multiple.x[i], c.multiple.x[i + 1]);
      e.use(Bus::kPair9, c.en, c.multiple.y[i], c.multiple.y[i + 1]);
      e.use(Bus::kPair9, c.en, c.slope[i], c.slope[i + 1]);
      e.use(Bus::kPair9, c.en, c.tangent[i], c.tangent[i + 1]);
    }
    e.use(Bus::kDigit, c.takes_digit, kChain, c.label, c.step, c.rest);
    e.use(Bus::kChain, c.start, kChain, c.label, 0, join_limbs(c.sum.x), join_limbs(c.sum.y),
          join_limbs(c.multiple.x), join_limbs(c.multiple.y));
    e.provide(Bus::kChain, c.en - c.link, kChain, c.label, c.step + 1, join_limbs(c.sum.x),
              join_limbs(c.sum.y));
  }

  HOST_DEVICE static Columns<KoalaBear> fill(const Image& image, const Counts&, const Part& part,
                                             uint32_t row) {
    Columns<KoalaBear> c{};
    if (row >= part.count * kRowsPerCall) return c;
    const auto [address, step, work] =
        begin_block_row<EcOp>(image, part.first + row / kRowsPerCall, row % kRowsPerCall, c);
    const Felt m = image.value(image.cell(address + 4));
    c.sum = {limbs9_of<kLimbs9>(work[0]), limbs9_of<kLimbs9>(work[1])};
    c.multiple = {limbs9_of<kLimbs9>(work[2]), limbs9_of<kLimbs9>(work[3])};
    c.slope = limbs9_of<kLimbs9>(work[4]);
    c.tangent = limbs9_of<kLimbs9>(work[5]);
    c.sum_reduced = reduced_of(work[0]);
    c.multiple_reduced = reduced_of(work[2]);
    if (step + 1 == kRowsPerCall) return c;
    constexpr uint32_t kDigitBits = EcOp::kDigitBits;
    c.takes_digit = step % kDigitBits == 0 ? 1 : 0;
    c.rest = m.bits(static_cast<int>(step), static_cast<int>(kDigitBits - step % kDigitBits));
    link(work, work + EcOp::kStepFelts, m.bits(static_cast<int>(step), 1) != 0, c);
    return c;
  }

  /// left right - minus, which is to be 0.
  template <class V>
  struct Line {
    Array<V, kLimbs9> left, right, minus;
  };
  template <class V>
  HOST_DEVICE static constexpr ProductSum<V> product_sum(const Line<V>& line) {
    ProductSum<V> z = limb_product(line.left, line.right);
    for (int i = 0; i < kLimbs9; ++i) z[i] -= line.minus[i];
    return z;
  }
  /// a (D.x - A.x) - (D.y - A.y).
  template <class V>
  HOST_DEVICE static constexpr Line<V> chord(const Array<V, kLimbs9>& slope, const Point<V>& sum,
                                             const Point<V>& multiple) {
    Line<V> line{slope, {}, {}};
    for (int i = 0; i < kLimbs9; ++i) line.right[i] = multiple.x[i] - sum.x[i];
    for (int i = 0; i < kLimbs9; ++i) line.minus[i] = multiple.y[i] - sum.y[i];
    return line;
  }
  /// slope^2 - (x1 + x2 + x3).
  template <class V>
  HOST_DEVICE static constexpr Line<V> new_x(const Array<V, kLimbs9>& slope,
                                             const Array<V, kLimbs9>& x1,
                                             const Array<V, kLimbs9>& x2,
                                             const Array<V, kLimbs9>& x3) {
    Line<V> line{slope, slope, {}};
    for (int i = 0; i < kLimbs9; ++i) line.minus[i] = x1[i] + x2[i] + x3[i];
    return line;
  }
  /// slope (before.x - after.x) - (before.y + after.y).
  template <class V>
  HOST_DEVICE static constexpr Line<V> new_y(const Array<V, kLimbs9>& slope, const Point<V>& before,
                                             const Point<V>& after) {
    Line<V> line{slope, {}, {}};
    for (int i = 0; i < kLimbs9; ++i) line.right[i] = before.x[i] - after.x[i];
    for (int i = 0; i < kLimbs9; ++i) line.minus[i] = before.y[i] + after.y[i];
    return line;
  }
  /// 2 t y - 3 x^2 - 1.
  template <class V>
  HOST_DEVICE static constexpr ProductSum<V> tangent_at(const Array<V, kLimbs9>& tangent,
                                                        const Point<V>& p) {
    ProductSum<V> z = limb_product(tangent, p.y);
    const ProductSum<V> square = limb_product(p.x, p.x);
    for (int i = 0; i < kProductCoefficients; ++i) z[i] = z[i] * 2 - square[i] * 3;
    z[0] -= 1;
    return z;
  }

 private:
  static constexpr int kFirst = 6;

  template <class E, class V = typename E::Value>
  HOST_DEVICE static constexpr Point<V> next_point(E& e, int first) {
    return {next_columns<kLimbs9>(e, first), next_columns<kLimbs9>(e, first + kLimbs9)};
  }
  template <class V>
  HOST_DEVICE static constexpr Point<V> balanced_point(const Point<V>& p) {
    return {balanced(p.x), balanced(p.y)};
  }
  HOST_DEVICE static Array<int64_t, kLimbs9> integers(const Felt& form) {
    return balanced(integer_limbs9<kLimbs9>(form));
  }

  /// What ties a row to the next one.
  HOST_DEVICE static void link(const Felt* here, const Felt* next, bool bit,
                               Columns<KoalaBear>& c) {
    const Point<int64_t> sum{integers(here[0]), integers(here[1])};
    const Point<int64_t> after{integers(next[0]), integers(next[1])};
    const Point<int64_t> multiple{integers(here[2]), integers(here[3])};
    const Point<int64_t> doubled{integers(next[2]), integers(next[3])};
    const Array<int64_t, kLimbs9> slope = integers(here[4]), tangent = integers(here[5]);
    const Line<int64_t> lines[kLines] = {
        chord(slope, sum, multiple), new_x(slope, sum.x, multiple.x, after.x),
        new_y(slope, sum, after), new_x(tangent, multiple.x, multiple.x, doubled.x),
        new_y(tangent, multiple, doubled)};
    for (int i = bit ? 0 : kLinesOfBit; i < kLines; ++i) {
      c.line_witness[i] = sum_witness(fold_product(product_sum(lines[i])));
    }
    c.link = 1;
    c.tangent_witness =
        wide_sum_witness<kWideFirst, kWideLast>(fold_product(tangent_at(tangent, multiple)));
    if (!bit) return;
    c.bit = 1;
    int64_t distance = 0;
    for (int i = 0; i < kLimbs9; ++i) {
      const int64_t difference = sum.x[i] - multiple.x[i];
      distance += difference * difference;
    }
    c.inverse = KoalaBear(distance).inverse();
  }
};

}  // namespace cairn
