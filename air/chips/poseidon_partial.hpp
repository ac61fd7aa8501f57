// POSEIDON_PARTIAL: four partial rounds of Starknet's Poseidon a row.
//
// A partial round cubes element 2, y = x^3, of the state (u, v, x). With w = u + v and b = u - 3 v
// it is, but for constants,
//   2 y = w - x',   w' = 4 w + b - x',   b' = x' - b:
// every cube is set against an expression in the row's first w and b and the inputs of its cubes
// and the next row's first (air/chips/poseidon_cubes.hpp). Constants are left out of w and b; the
// table's constant of a cube makes up for it, POSEIDON at the end.
//
// w is reduced modulo P once a row, in limbs of 18 bits. b is never reduced: its 28 digits are sums
// of digits of inputs, without carries, below 2^10 at the start and growing by at most 2^10 a row.
//
// 592 columns, 367 lookups, 1512 cells; 21 rows an instance. Tried on paper: three rounds a row
// (28 rows, 1.2 k cells an instance more), six rounds with b reduced as well (the same cells).
//
// Soundness of the sum: |G| < 2^29.2 for the coefficients G below; q is checked to 14 bits, the
// carries to 13. The identity at the top does not wrap and makes |q| <= 4700; with that the others
// do not wrap (tests/air/poseidon_bounds_test.cpp).
#pragma once

#include "air/chips/builtin_rows.hpp"
#include "air/chips/poseidon_work.hpp"
#include "air/part.hpp"

namespace cairn {

/// w or b as an expression in the row's first w and b and the inputs x[1], x[2], ... that follow
/// the first.
struct PoseidonSum {
  int w, b;
  int x[kPoseidonRoundsPerRow + 1];
};

struct PoseidonSums {
  PoseidonSum w[kPoseidonRoundsPerRow + 1], b[kPoseidonRoundsPerRow + 1];  // before round r
};

HOST_DEVICE constexpr PoseidonSums poseidon_sums() {
  PoseidonSums s{};
  s.w[0].w = 1;
  s.b[0].b = 1;
  for (int r = 0; r < kPoseidonRoundsPerRow; ++r) {
    const PoseidonSum &w = s.w[r], &b = s.b[r];
    s.w[r + 1] = {4 * w.w + b.w, 4 * w.b + b.b, {}};
    s.b[r + 1] = {-b.w, -b.b, {}};
    for (int j = 0; j <= kPoseidonRoundsPerRow; ++j) {
      s.w[r + 1].x[j] = 4 * w.x[j] + b.x[j];
      s.b[r + 1].x[j] = -b.x[j];
    }
    s.w[r + 1].x[r + 1] -= 1;
    s.b[r + 1].x[r + 1] += 1;
  }
  return s;
}

struct PoseidonPartial {
  static constexpr const char* kName = "POSEIDON_PARTIAL";
  static constexpr Kind kKind = Kind::kCall;
  static constexpr bool kReadsCounts = false;
  static constexpr int kRounds = kPoseidonRoundsPerRow;
  static constexpr int kQuotientBits = 14;
  static constexpr int kCarryBits = 13;

  template <class T>
  struct Columns {
    T en, label, step;
    Array<Cube<T>, kRounds> cube;
    Array<Array<T, kLimbs18>, kRounds> constant;
    Array<T, kLimbs18> w;  // digits, not limbs
    Array<T, kLimbs9> b;   // digits
    Array<T, kLimbs9> next_x;
    Array<T, kLimbs18> next_w;  // limbs
    T quotient;
  };

  /// What F of round r's cube lacks of T y: inputs in digits, inputs[r] of round r.
  template <class V>
  HOST_DEVICE static constexpr void subtract_linear(Array<V, kLimbs9>& f, int r,
                                                    const Array<V, kLimbs18>& w,
                                                    const Array<V, kLimbs9>& b,
                                                    const Array<V, kLimbs9>* inputs) {
    constexpr PoseidonSums kSums = poseidon_sums();
    subtract_half(f, kSums.w[r].w, w);
    subtract_half(f, kSums.w[r].b, b);
    for (int j = 1; j <= r; ++j) subtract_half(f, kSums.w[r].x[j], inputs[j]);
    subtract_half(f, -1, inputs[r + 1]);
  }
  /// w after the row, before it is reduced.
  template <class V>
  HOST_DEVICE static constexpr Array<V, kLimbs18> sum_after(const Array<V, kLimbs18>& w,
                                                            const Array<V, kLimbs9>& b,
                                                            const Array<V, kLimbs9>* inputs) {
    constexpr PoseidonSum kAfter = poseidon_sums().w[kRounds];
    Array<V, kLimbs9> small{};
    for (int i = 0; i < kLimbs9; ++i) {
      small[i] = b[i] * kAfter.b;
      for (int j = 1; j <= kRounds; ++j) small[i] += inputs[j][i] * kAfter.x[j];
    }
    Array<V, kLimbs18> sum = join_pairs(small);
    for (int i = 0; i < kLimbs18; ++i) sum[i] += w[i] * kAfter.w;
    return sum;
  }
  /// b after the row.
  template <class V>
  HOST_DEVICE static constexpr Array<V, kLimbs9> difference_after(const Array<V, kLimbs9>& b,
                                                                  const Array<V, kLimbs9>* inputs) {
    Array<V, kLimbs9> after = b;
    for (int j = 1; j <= kRounds; ++j) {
      for (int i = 0; i < kLimbs9; ++i) after[i] = inputs[j][i] - after[i];
    }
    return after;
  }

  template <class E>
  HOST_DEVICE static constexpr void evaluate(E& e) {
    using V = typename E::Value;
    constexpr int kKind = static_cast<int>(ChainKind::kPoseidon);
    const auto c = e.template columns<Columns>();
    e.boolean(c.en, "en is boolean");
    Array<V, kLimbs9> inputs[kRounds + 1]{};
    for (int r = 0; r < kRounds; ++r) inputs[r] = balanced(c.en, c.cube[r].x);
    inputs[kRounds] = balanced(c.en, c.next_x);
    const Array<V, kLimbs18> next_w = balanced(c.en, c.next_w);
    e.provide(Bus::kChain, c.en, kKind, c.label, c.step, c.cube[0].x, c.w, c.b);
    e.use(Bus::kChain, c.en, kKind, c.label, c.step + 1, c.next_x, next_w,
          difference_after<V>(c.b, inputs));
    static_assert(kRounds == 4);
    e.use(Bus::kPoseidonRound, c.en, c.step, static_cast<int>(PoseidonStep::kPartial),
          c.constant[0], c.constant[1], c.constant[2], c.constant[3]);
    for (int r = 0; r < kRounds; ++r) {
      check_square(e, c.en, c.cube[r]);
      Array<V, kLimbs9> f = folded_cube(c.en, c.cube[r]);
      subtract_linear<V>(f, r, c.w, c.b, inputs);
      add_constant(f, c.constant[r]);
      check_folded(e, c.en, f, c.cube[r].cube_witness, kSignedCarryBias);
    }
    for (int i = 0; i < kLimbs18; ++i) e.range(18, c.en, c.next_w[i]);
    Array<V, kLimbs18> sum = sum_after<V>(c.w, c.b, inputs);
    for (int i = 0; i < kLimbs18; ++i) sum[i] -= next_w[i];
    const Array<V, kLimbs18 - 1> carry = check_sum(e, sum, c.quotient);
    e.range(kQuotientBits, c.en, c.quotient + (1 << (kQuotientBits - 1)));
    for (int i = 0; i < kLimbs18 - 1; ++i) {
      e.range(kCarryBits, c.en, carry[i] + (1 << (kCarryBits - 1)));
    }
  }

  static uint64_t call_count(const Image& image) {
    return builtin_instances(image, Builtin::kPoseidon, kPoseidonCells) * kPoseidonPartialRows;
  }

  HOST_DEVICE static Columns<KoalaBear> fill(const Image& image, const Counts&, const Part& part,
                                             uint32_t row) {
    Columns<KoalaBear> c{};
    if (row >= part.count) return c;
    const uint32_t instance = (part.first + row) / kPoseidonPartialRows;
    const int place = static_cast<int>((part.first + row) % kPoseidonPartialRows);
    const PoseidonWork work(image, instance);
    const Felt* input = work.felt + PoseidonWork::kInputs + kRounds * place;
    const Felt* square = work.felt + PoseidonWork::kSquares + kRounds * place;
    const Felt& next_w = work.felt[PoseidonWork::kSums + place];
    c.en = 1;
    c.label = image.builtin[static_cast<int>(Builtin::kPoseidon)].begin + kPoseidonCells * instance;
    c.step = kPoseidonPartialStep + place;
    const Array<int64_t, kLimbs18> w = work.sum(place);
    const Array<int64_t, kLimbs9> b = work.difference(place);
    Array<int64_t, kLimbs9> inputs[kRounds + 1];
    for (int r = 0; r <= kRounds; ++r) inputs[r] = balanced9_of(input[r]);
    for (int r = 0; r < kRounds; ++r) {
      Array<int64_t, kLimbs9> f;
      c.cube[r] = cube_of(input[r], square[r], f);
      subtract_linear<int64_t>(f, r, w, b, inputs);
      c.constant[r] = close_cube(c.cube[r], f);
    }
    c.w = cells_of(w);
    c.b = cells_of(b);
    c.next_x = limbs9_of<kLimbs9>(input[kRounds]);
    c.next_w = limbs18_of(next_w);
    Array<int64_t, kLimbs18> sum = sum_after<int64_t>(w, b, inputs);
    const Array<int64_t, kLimbs18> taken = balanced18_of(next_w);
    for (int i = 0; i < kLimbs18; ++i) sum[i] -= taken[i];
    c.quotient = sum_quotient(sum);
    return c;
  }
};

}  // namespace cairn
