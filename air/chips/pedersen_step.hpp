// PEDERSEN_STEP: one window of a Pedersen hash, one point addition; the rows of a hash stand one
// after another, step 0 to step n - 1.
//
// Row s holds the table point (u_s, v_s) of its digit, the slope l_s of the line through the sum
// before it and that point, and x_s of the sum after it. The y coordinate of the sum needs no
// columns: it is l_s (u_s - x_s) - v_s seen from row s, v_s' - l_s' (u_s' - x_s) seen from row
// s' = s + 1, so what two neighbours say is
//   l_s'^2 - x_s - u_s' - x_s' = 0   and   l_s' (u_s' - x_s) + l_s (u_s - x_s) - v_s' - v_s = 0.
// Row 0 has x_0 = u_0, limb by limb, which makes the sum there (u_0, -v_0), whatever its slope; the
// table of step 0 holds the negated points (air/chips/pedersen_windows.hpp).
//
// Soundness. Blocks: air/chips/block_rows.hpp; one says its x where it ends, its opener uses that
// of step n - 1. Additions: if u_s' = x_s modulo P the slope would be free. Then the sum so far is
// plus or minus the table point; the one is an odd multiple of S, the other an even one, plus known
// multiples of P1 to P4, so this is a relation among points whose discrete logarithms nobody knows.
// Bounds: slopes are balanced, so that the sum of two products stays in the range of the carries.
//
// 184 columns, 87 fractions: 404 cells. Origin: cairo-air.md 7.1, without the columns for the sums
// and y (docs/decisions/0006-curve-chains-by-neighbours.md).
#pragma once

#include "air/chips/balanced.hpp"
#include "air/chips/block_rows.hpp"
#include "air/chips/pedersen.hpp"
#include "air/chips/product.hpp"

namespace cairn {

struct PedersenStep {
  static constexpr const char* kName = "PEDERSEN_STEP";
  static constexpr Kind kKind = Kind::kCall;
  static constexpr bool kReadsCounts = false;
  static constexpr uint32_t kRowsPerCall = PedersenWindow::kSteps;
  /// Carries of the equation of slopes that need a bit more.
  static constexpr int kWideFirst = 12, kWideLast = 21;

  static uint64_t call_count(const Image& image) {
    return builtin_instances(image, Pedersen::kBuiltin, Pedersen::kCellsPerRow);
  }

  template <class T>
  struct Columns {
    T en, start, label, step;  // down to point_y: read in the next row
    Array<T, kLimbs9> slope;   // balanced
    Array<T, kLimbs9> x, point_x, point_y;
    T link, digit;
    ProductWitness<T> x_witness;  // for the next row's x
    WideProductWitness<T, kWideFirst, kWideLast> slope_witness;
  };

  template <class E>
  HOST_DEVICE static constexpr void evaluate(E& e) {
    constexpr int kKind = static_cast<int>(ChainKind::kPedersen);
    using V = typename E::Value;
    using Limbs = Array<V, kLimbs9>;
    const auto c = e.template columns<Columns>();
    constexpr int kFirst = 4;
    const Limbs next_slope = balanced(next_columns<kLimbs9>(e, kFirst));
    const Limbs next_x = next_columns<kLimbs9>(e, kFirst + kLimbs9);
    const Limbs next_point_x = next_columns<kLimbs9>(e, kFirst + 2 * kLimbs9);
    const Limbs next_point_y = next_columns<kLimbs9>(e, kFirst + 3 * kLimbs9);

    block_rows(e, c.en, c.start, c.label, c.step, c.link);
    for (int i = 0; i < kLimbs9; ++i) {
      e.zero(c.start * (c.x[i] - c.point_x[i]), "a block starts at its first point");
    }

    ProductSum<V> z = limb_product(next_slope, next_slope);
    for (int i = 0; i < kLimbs9; ++i) z[i] -= c.x[i] + next_point_x[i] + next_x[i];
    check_sum(e, c.link, z, c.x_witness);

    Limbs next_run, run;
    for (int i = 0; i < kLimbs9; ++i) next_run[i] = next_point_x[i] - c.x[i];
    for (int i = 0; i < kLimbs9; ++i) run[i] = c.point_x[i] - c.x[i];
    z = add_product(limb_product(next_slope, next_run), balanced(c.slope), run);
    for (int i = 0; i < kLimbs9; ++i) z[i] -= next_point_y[i] + c.point_y[i];
    check_sum(e, c.link, z, c.slope_witness);

    for (int i = 0; i < kLimbs9; i += 2) {
      e.use(Bus::kPair9, c.en, c.slope[i], c.slope[i + 1]);
      e.use(Bus::kPair9, c.en, c.x[i], c.x[i + 1]);
    }
    e.use(Bus::kPedersenPoint, c.en, c.step, c.digit, c.point_x, c.point_y);
    e.use(Bus::kDigit, c.en, kKind, c.label, c.step, c.digit);
    e.provide(Bus::kChain, c.en - c.link, kKind, c.label, c.step, c.x);
  }

  HOST_DEVICE static Columns<KoalaBear> fill(const Image& image, const Counts&, const Part& part,
                                             uint32_t row) {
    Columns<KoalaBear> c{};
    if (row >= part.count * kRowsPerCall) return c;
    const auto [address, step, work] =
        begin_block_row<Pedersen>(image, part.first + row / kRowsPerCall, row % kRowsPerCall, c);
    c.slope = limbs9_of<kLimbs9>(work[0]);
    c.x = limbs9_of<kLimbs9>(work[1]);
    c.point_x = limbs9_of<kLimbs9>(work[2]);
    c.point_y = limbs9_of<kLimbs9>(work[3]);
    c.digit = PedersenWindow::digit(image.value(image.cell(address)),
                                    image.value(image.cell(address + 1)), static_cast<int>(step));
    if (step + 1 < kRowsPerCall) link(work, work + Pedersen::kStepFelts, c);
    return c;
  }

 private:
  /// What ties a row to the next one.
  HOST_DEVICE static void link(const Felt* here, const Felt* next, Columns<KoalaBear>& c) {
    using Limbs = Array<int64_t, kLimbs9>;
    const Limbs slope = balanced(integer_limbs9<kLimbs9>(here[0]));
    const Limbs next_slope = balanced(integer_limbs9<kLimbs9>(next[0]));
    Limbs run, next_run;
    ProductSum<int64_t> z = limb_product(next_slope, next_slope);
    for (int i = 0; i < kLimbs9; ++i) {
      const int64_t x = here[1].limb9(i), next_x = next[1].limb9(i);
      run[i] = here[2].limb9(i) - x;
      next_run[i] = next[2].limb9(i) - x;
      z[i] -= x + next[2].limb9(i) + next_x;
    }
    c.link = 1;
    c.x_witness = sum_witness(fold_product(z));
    z = add_product(limb_product(next_slope, next_run), slope, run);
    for (int i = 0; i < kLimbs9; ++i) z[i] -= here[3].limb9(i) + next[3].limb9(i);
    c.slope_witness = wide_sum_witness<kWideFirst, kWideLast>(fold_product(z));
  }
};

}  // namespace cairn
