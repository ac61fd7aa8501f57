// POSEIDON_FULL: a full round of Starknet's Poseidon a row: three cubes and the next state.
//
// With (x0', x1', x2') the elements after the matrix and the next keys, the cubes are
// 8 (y0, y1, y2) = [[1, 3, 2], [3, -7, -2], [2, -2, -4]] (x' - keys): each is set against its own
// expression (air/chips/poseidon_cubes.hpp). The row checks the limbs of the state that it takes;
// those of the state it gives are checked by who takes it, or come from a value bus.
//
// 465 columns, 255 lookups, 1105 cells; 7 rows an instance.
#pragma once

#include "air/chips/builtin_rows.hpp"
#include "air/chips/poseidon_work.hpp"
#include "air/part.hpp"

namespace cairn {

struct PoseidonFull {
  static constexpr const char* kName = "POSEIDON_FULL";
  static constexpr Kind kKind = Kind::kCall;
  static constexpr bool kReadsCounts = false;
  static constexpr int kWidth = kPoseidonWidth;
  /// 8 times the inverse of the matrix.
  HOST_DEVICE static constexpr int inverse(int i, int j) {
    constexpr int kInverse[kWidth][kWidth] = {{1, 3, 2}, {3, -7, -2}, {2, -2, -4}};
    return kInverse[i][j];
  }

  template <class T>
  struct Columns {
    T en, label, step;
    Array<Cube<T>, kWidth> cube;
    Array<Array<T, kLimbs18>, kWidth> constant;
    Array<Array<T, kLimbs9>, kWidth> next;
  };

  template <class E>
  HOST_DEVICE static constexpr void evaluate(E& e) {
    using V = typename E::Value;
    constexpr int kKind = static_cast<int>(ChainKind::kPoseidon);
    const auto c = e.template columns<Columns>();
    e.boolean(c.en, "en is boolean");
    e.provide(Bus::kChain, c.en, kKind, c.label, c.step, c.cube[0].x, c.cube[1].x, c.cube[2].x);
    e.use(Bus::kChain, c.en, kKind, c.label, c.step + 1, c.next[0], c.next[1], c.next[2]);
    e.use(Bus::kPoseidonRound, c.en, c.step, static_cast<int>(PoseidonStep::kFull), c.constant[0],
          c.constant[1], c.constant[2]);
    Array<Array<V, kLimbs9>, kWidth> next{};
    for (int i = 0; i < kWidth; ++i) next[i] = balanced(c.en, c.next[i]);
    for (int i = 0; i < kWidth; ++i) {
      check_square(e, c.en, c.cube[i]);
      Array<V, kLimbs9> f = folded_cube(c.en, c.cube[i]);
      for (int j = 0; j < kWidth; ++j) subtract_eighth<V>(f, inverse(i, j), next[j]);
      add_constant(f, c.constant[i]);
      check_folded(e, c.en, f, c.cube[i].cube_witness, kSignedCarryBias);
    }
  }

  static uint64_t call_count(const Image& image) {
    return builtin_instances(image, Builtin::kPoseidon, kPoseidonCells) * kPoseidonFullRows;
  }

  HOST_DEVICE static Columns<KoalaBear> fill(const Image& image, const Counts&, const Part& part,
                                             uint32_t row) {
    Columns<KoalaBear> c{};
    if (row >= part.count) return c;
    const uint32_t instance = (part.first + row) / kPoseidonFullRows;
    const int place = static_cast<int>((part.first + row) % kPoseidonFullRows);
    const bool late = place >= kPoseidonFirstRows;
    const int state = late ? place + 1 : place;
    const PoseidonWork work(image, instance);
    c.en = 1;
    c.label = image.builtin[static_cast<int>(Builtin::kPoseidon)].begin + kPoseidonCells * instance;
    c.step = late ? kPoseidonLastStep + place - kPoseidonFirstRows : place;
    Array<Array<int64_t, kLimbs9>, kWidth> next;
    for (int i = 0; i < kWidth; ++i) {
      next[i] = balanced9_of(work.state(state + 1, i));
      c.next[i] = limbs9_of<kLimbs9>(work.state(state + 1, i));
    }
    for (int i = 0; i < kWidth; ++i) {
      Array<int64_t, kLimbs9> f;
      c.cube[i] = cube_of(work.state(state, i), work.full_square(place, i), f);
      for (int j = 0; j < kWidth; ++j) subtract_eighth<int64_t>(f, inverse(i, j), next[j]);
      c.constant[i] = close_cube(c.cube[i], f);
    }
    return c;
  }
};

}  // namespace cairn
