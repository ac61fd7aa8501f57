// POSEIDON: the poseidon builtin, six cells a row: the state before and after Starknet's Poseidon
// (Hades: width 3, x^3, 4 + 83 + 4 rounds).
//
// Opens a chain of 7 rows of POSEIDON_FULL and 21 of POSEIDON_PARTIAL and does what happens once an
// instance: adds the first keys; cubes elements 0 and 1 of round 3, after which the rest of that
// round is a partial round of (u, v, x) = (y0, y1, x2) and begins with w = y0 + y1, b = y0 - 3 y1;
// and gets 4 u = b + 3 w + constant, 4 v = w - b + constant back for round 87.
//
// 705 columns, 249 lookups, 1330 cells. An instance: 1330 + 7 * 1105 + 21 * 1512 = 40817 cells, of
// which its 107 cubes 36 k. The design's layout with a chip for cubes has 54 k; the same with three
// cubes a row but with limbs, range checks and a linear layer for their results about 45 k.
//
// Soundness: messages of a label can only balance along the steps, so that the chain maps what the
// opener uses to what it provides (steps: air/chips/poseidon_work.hpp). The outputs' words are the
// limbs of the last message and congruent to the permutation of the inputs modulo P. They are not
// checked to be below P: words that are congruent denote the same element of the Cairo field, and
// whoever needs the integer checks it (design: cairo-air.md 6.5).
#pragma once

#include "air/chips/arithmetic.hpp"
#include "air/chips/builtin_rows.hpp"
#include "air/chips/poseidon_work.hpp"

namespace cairn {

struct Poseidon {
  static constexpr const char* kName = "POSEIDON";
  static constexpr Kind kKind = Kind::kBuiltin;
  static constexpr Builtin kBuiltin = Builtin::kPoseidon;
  static constexpr uint32_t kCellsPerRow = kPoseidonCells;
  static constexpr bool kReadsCounts = false;
  static constexpr int kWidth = kPoseidonWidth;
  /// q and the carries of the sums here.
  static constexpr int kSmallBias = 1 << 8;

  /// The keys of round 0.
  HOST_DEVICE static constexpr Felt first_key(int i) {
    constexpr Felt kKeys[kWidth] = {
        {{0x80b7fd8eac77fe6f, 0xe58e2ad98109ae47, 0x39dd92f9562a30b9, 0x06861759ea556a23}},
        {{0xe4ab1a22f27508c4, 0x3da43f76abf28a64, 0xffc8397a3d00425a, 0x03827681995d5af9}},
        {{0x7a0dbe17704a8309, 0x2cac75dc279b2d68, 0xe7f760a2277dc7cb, 0x03a3956d2fad44d0}}};
    return kKeys[i];
  }
  /// The constants of 4 u and 4 v, from the keys of rounds 4 to 87.
  HOST_DEVICE static constexpr Felt last_constant(int i) {
    constexpr Felt kConstants[2] = {
        {{0x27bc78fe86658e58, 0x567acf813b5dd25e, 0xf8bd6df36bd2bc4b, 0x06f00abd41028f81}},
        {{0x4745021eafb98841, 0x0034e5f090db007a, 0x1aa1bb07b4975390, 0x0477b255edfe4dbf}}};
    return kConstants[i];
  }

  template <class T>
  struct Columns {
    T address, en;  // read in the next row
    Array<Word<T>, kCellsPerRow> word;
    Array<Array<T, kLimbs9>, kWidth> input, start, output;
    Array<T, kWidth> start_quotient;
    Array<Cube<T>, 2> middle;
    Array<Array<T, kLimbs9>, 2> middle_cube;
    Array<T, kLimbs9> middle_x;
    Array<T, kLimbs18> w;  // digits, not limbs
    Array<T, kLimbs9> b;   // digits
    Array<Array<T, kLimbs9>, kWidth> last;
    Array<T, 2> last_quotient;
  };

  /// input + key - start.
  template <class V>
  HOST_DEVICE static constexpr Array<V, kLimbs18> start_sum(const V& en, int i,
                                                            const Array<V, kLimbs9>& input,
                                                            const Array<V, kLimbs9>& start) {
    Array<V, kLimbs9> difference{};
    for (int j = 0; j < kLimbs9; ++j) difference[j] = input[j] - start[j];
    Array<V, kLimbs18> sum = join_pairs(difference);
    const Felt key = first_key(i);
    for (int j = 0; j < kLimbs18; ++j) sum[j] += en * static_cast<int>(key.bits(18 * j, 18));
    return sum;
  }
  /// b + 3 w + constant - 4 u, or w - b + constant - 4 v.
  template <class V>
  HOST_DEVICE static constexpr Array<V, kLimbs18> last_sum(const V& en, int i,
                                                           const Array<V, kLimbs18>& w,
                                                           const Array<V, kLimbs9>& b,
                                                           const Array<V, kLimbs9>& last) {
    Array<V, kLimbs9> difference{};
    for (int j = 0; j < kLimbs9; ++j) difference[j] = b[j] * (i == 0 ? 1 : -1) - last[j] * 4;
    Array<V, kLimbs18> sum = join_pairs(difference);
    const Felt constant = last_constant(i);
    for (int j = 0; j < kLimbs18; ++j) {
      sum[j] += w[j] * (i == 0 ? 3 : 1) + en * static_cast<int>(constant.bits(18 * j, 18));
    }
    return sum;
  }
  /// w and b of round 3, in digits of its cubes.
  template <class V>
  HOST_DEVICE static constexpr Array<V, kLimbs18> first_w(const Array<V, kLimbs9>& y0,
                                                          const Array<V, kLimbs9>& y1) {
    Array<V, kLimbs9> sum{};
    for (int i = 0; i < kLimbs9; ++i) sum[i] = y0[i] + y1[i];
    return join_pairs(sum);
  }
  template <class V>
  HOST_DEVICE static constexpr Array<V, kLimbs9> first_b(const Array<V, kLimbs9>& y0,
                                                         const Array<V, kLimbs9>& y1) {
    Array<V, kLimbs9> b{};
    for (int i = 0; i < kLimbs9; ++i) b[i] = y0[i] - y1[i] * 3;
    return b;
  }

  template <class E, class V>
  HOST_DEVICE static constexpr void check_small_sum(E& e, const V& en, const Array<V, kLimbs18>& g,
                                                    const V& q) {
    const Array<V, kLimbs18 - 1> carry = check_sum(e, g, q);
    Array<V, kLimbs18> small{};
    for (int i = 0; i < kLimbs18 - 1; ++i) small[i] = carry[i] + kSmallBias;
    small[kLimbs18 - 1] = q + kSmallBias;
    range_check_limbs9(e, en, small);
  }

  template <class E>
  HOST_DEVICE static constexpr void evaluate(E& e) {
    using V = typename E::Value;
    constexpr int kKind = static_cast<int>(ChainKind::kPoseidon);
    const auto c = e.template columns<Columns>();
    builtin_rows(e, kCellsPerRow, c.address, c.en);
    for (int i = 0; i < kWidth; ++i) {
      read_word(e, c.en, c.address + i, c.word[i]);
      read_word(e, c.en, c.address + (kWidth + i), c.word[kWidth + i]);
      use_value(e, Bus::kValue9, c.en, c.word[i], c.input[i]);
      use_value(e, Bus::kValue9, c.en, c.word[kWidth + i], c.output[i]);
    }
    for (int i = 0; i < kWidth; ++i) {
      check_small_sum<E, V>(e, c.en, start_sum<V>(c.en, i, c.input[i], balanced(c.en, c.start[i])),
                            c.start_quotient[i]);
    }
    e.use(Bus::kChain, c.en, kKind, c.address, 0, c.start[0], c.start[1], c.start[2]);

    e.provide(Bus::kChain, c.en, kKind, c.address, +kPoseidonFirstRows, c.middle[0].x,
              c.middle[1].x, c.middle_x);
    Array<Array<V, kLimbs9>, 2> y{};
    for (int i = 0; i < 2; ++i) {
      range_check_limbs9(e, c.en, c.middle_cube[i]);
      y[i] = balanced(c.en, c.middle_cube[i]);
      check_square(e, c.en, c.middle[i]);
      check_folded(e, c.en,
                   folded_product<V>(balanced(c.en, c.middle[i].square),
                                     balanced(c.en, c.middle[i].x), y[i]),
                   c.middle[i].cube_witness, kSignedCarryBias);
    }
    e.use(Bus::kChain, c.en, kKind, c.address, +kPoseidonPartialStep, c.middle_x,
          first_w<V>(y[0], y[1]), first_b<V>(y[0], y[1]));

    e.provide(Bus::kChain, c.en, kKind, c.address, kPoseidonLastStep - 1, c.last[2], c.w, c.b);
    for (int i = 0; i < 2; ++i) {
      check_small_sum<E, V>(e, c.en, last_sum<V>(c.en, i, c.w, c.b, balanced(c.en, c.last[i])),
                            c.last_quotient[i]);
    }
    e.use(Bus::kChain, c.en, kKind, c.address, +kPoseidonLastStep, c.last[0], c.last[1], c.last[2]);
    e.provide(Bus::kChain, c.en, kKind, c.address, +kPoseidonEndStep, c.output[0], c.output[1],
              c.output[2]);
  }

  static constexpr uint32_t kWorkFelts = PoseidonWork::kFelts;
  static void make_work(const Image& image, uint32_t address, Felt* out) {
    make_poseidon_work(image, address, out);
  }

  HOST_DEVICE static Columns<KoalaBear> fill(const Image& image, const Counts&, const Part& part,
                                             uint32_t row) {
    Columns<KoalaBear> c{};
    const auto [address, real] = begin_builtin_row(part, kCellsPerRow, row, c);
    if (!real) return c;
    const PoseidonWork work(image, builtin_instance(image, kBuiltin, kCellsPerRow, address));
    for (int i = 0; i < kWidth; ++i) {
      const Cell in = image.cell(address + i);
      const Cell out = image.cell(address + kWidth + i);
      c.word[i] = word_of(in);
      c.word[kWidth + i] = word_of(out);
      c.input[i] = limbs9_of<kLimbs9>(image.value(in));
      c.output[i] = limbs9_of<kLimbs9>(image.value(out));
      c.start[i] = limbs9_of<kLimbs9>(work.state(0, i));
      c.last[i] = limbs9_of<kLimbs9>(work.state(kPoseidonFirstRows + 1, i));
      Array<int64_t, kLimbs9> input;
      for (int j = 0; j < kLimbs9; ++j) input[j] = image.value(in).limb9(j);
      c.start_quotient[i] =
          sum_quotient(start_sum<int64_t>(1, i, input, balanced9_of(work.state(0, i))));
    }
    for (int i = 0; i < 2; ++i) {
      const Felt& x = work.state(kPoseidonFirstRows, i);
      const Felt& square = work.felt[PoseidonWork::kMiddleSquares + i];
      const Felt& y = work.felt[PoseidonWork::kMiddleCubes + i];
      Array<int64_t, kLimbs9> unused;
      c.middle[i] = cube_of(x, square, unused);
      c.middle[i].cube_witness = sum_witness(
          folded_product<int64_t>(balanced9_of(square), balanced9_of(x), balanced9_of(y)));
      c.middle_cube[i] = limbs9_of<kLimbs9>(y);
    }
    c.middle_x = limbs9_of<kLimbs9>(work.state(kPoseidonFirstRows, 2));
    const Array<int64_t, kLimbs18> w = work.sum(kPoseidonPartialRows);
    const Array<int64_t, kLimbs9> b = work.difference(kPoseidonPartialRows);
    c.w = cells_of(w);
    c.b = cells_of(b);
    for (int i = 0; i < 2; ++i) {
      c.last_quotient[i] = sum_quotient(
          last_sum<int64_t>(1, i, w, b, balanced9_of(work.state(kPoseidonFirstRows + 1, i))));
    }
    return c;
  }
};

}  // namespace cairn
