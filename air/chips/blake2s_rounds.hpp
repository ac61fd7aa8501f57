// BLAKE2S_ROUNDS: one round of BLAKE2s on v, given the message in the order that the round takes
// it: a function (message, v) -> v', the same for all ten rounds. BLAKE2S calls it.
//
// A word is cut where the next step needs it, so that rotations are free: an exclusive or is looked
// up piece by piece, and a piece of the result is a piece of the rotated word. d ^ a is cut in
// bytes (rotations by 16 and 8), b ^ c at bits 3, 12, 16, 25 (rotation by 12), then at 7, 16, 23
// (by 7). Only b must be cut anew for the next exclusive or: two columns each time, the third piece
// follows from the sum of the pieces. Sums modulo 2^32 are taken by halves of 16 bits, carries
// being expressions. No cut in fewer pieces lets every sum have a half at the same place in all its
// words: 17 lookups and 38 columns a mixing.
//
// Soundness: of a call with words below 2^32 the round's words are, too: all pieces of a sum or of
// an exclusive or are pinned by the lookups' exact widths; a sum of three halves is below 2^18, a
// carry one of 0, 1, 2, and a cut anew has the same sum below 2^23: nothing wraps. A call with
// other words may have any answer; BLAKE2S never makes one. Padding has en = 0 and provides
// nothing.
//
// 381 columns, 137 fractions, 726 cells a row, 10 rows a compression.
#pragma once

#include "air/chips/blake2s_step.hpp"
#include "air/evaluator.hpp"
#include "air/image.hpp"
#include "air/part.hpp"

namespace cairn {

struct Blake2sRounds {
  static constexpr const char* kName = "BLAKE2S_ROUNDS";
  static constexpr Kind kKind = Kind::kCall;
  static constexpr bool kReadsCounts = false;
  static uint64_t call_count(const Image& image) {
    return uint64_t{blake2s::kRounds} *
           (image.state_begin[kBlake2sChip + 1] - image.state_begin[kBlake2sChip]);
  }

  /// A word as b of the mixing: low half, bits 16-24, bits 25-31.
  template <class T>
  struct BWord {
    T low, middle, top;
  };
  /// A word as d of the mixing.
  template <class T>
  using Bytes = Array<T, 4>;

  /// What a mixing writes down. Sums are in the pieces of the exclusive or that takes them,
  /// exclusive ors before their rotation.
  template <class T>
  struct Mixing {
    Array<T, 2> b_cut;  // bits 3-11 and 12-15 of b
    Bytes<T> a1, d1;
    Array<T, 5> c1, b1;
    Array<T, 2> b1_cut;  // bits 7-15 and 16-22 of b1
    Bytes<T> a2, d2;
    Array<T, 4> c2, b2;
  };

  template <class T>
  struct Columns {
    T en;
    Array<Halves<T>, 16> message;
    Array<Halves<T>, 4> a;
    Array<BWord<T>, 4> b;
    Array<Halves<T>, 4> c;
    Array<Bytes<T>, 4> d;
    Array<Mixing<T>, 8> mixing;
  };

  template <class E>
  HOST_DEVICE static constexpr void evaluate(E& e) {
    using V = typename E::Value;
    const auto col = e.template columns<Columns>();
    e.boolean(col.en, "en is boolean");
    Array<Halves<V>, 4> a = col.a, c = col.c;
    Array<BWord<V>, 4> b = col.b;
    Array<Bytes<V>, 4> d = col.d;
    const Array<V, 32> before = state_list<V>(a, b, c, d);
    for (int i = 0; i < 8; ++i) {
      const int turn = i < 4 ? 0 : 1;
      mix<E, V>(e, col.en, col.message[2 * i], col.message[2 * i + 1], col.mixing[i], a[i % 4],
                b[(i + turn) % 4], c[(i + 2 * turn) % 4], d[(i + 3 * turn) % 4]);
    }
    e.provide(Bus::kBlake2s, col.en, halves_list(col.message), before, state_list<V>(a, b, c, d));
  }

  HOST_DEVICE static Columns<KoalaBear> fill(const Image& image, const Counts&, const Part& part,
                                             uint32_t row) {
    Columns<KoalaBear> col{};
    if (row >= part.count) return col;
    const uint32_t place = part.first + row;
    Part caller{};
    caller.chip = kBlake2sChip;
    const Blake2sStep s(image, caller, place / blake2s::kRounds);
    uint32_t v[16], m[16], taken[16];
    s.start(v);
    s.message(m);
    const int round = static_cast<int>(place % blake2s::kRounds);
    for (int r = 0; r < round; ++r) {
      blake2s::scheduled(taken, m, r);
      blake2s::round(v, taken);
    }
    blake2s::scheduled(taken, m, round);
    col.en = 1;
    for (int i = 0; i < 16; ++i) col.message[i] = halves(taken[i]);
    for (int i = 0; i < 4; ++i) {
      col.a[i] = halves(v[i]);
      const uint32_t b = v[4 + i];
      col.b[i] = {b & 0xffff, b >> 16 & 0x1ff, b >> 25};
      col.c[i] = halves(v[8 + i]);
      col.d[i] = bytes(v[12 + i]);
    }
    for (int i = 0; i < 8; ++i) {
      col.mixing[i] = mix_words(v[blake2s::mixed_word(i, 0)], v[blake2s::mixed_word(i, 1)],
                                v[blake2s::mixed_word(i, 2)], v[blake2s::mixed_word(i, 3)],
                                taken[2 * i], taken[2 * i + 1]);
    }
    return col;
  }

 private:
  /// Constrains sum = total modulo 2^32, `terms` words having been added to the total.
  template <class E, class V>
  HOST_DEVICE static constexpr void check_sum(E& e, int terms, const Halves<V>& total,
                                              const Halves<V>& sum) {
    constexpr int64_t kInverse = KoalaBear(1 << 16).inverse().canonical();
    const V carry = check_carry<E, V>(e, terms, (total.low - sum.low) * V(kInverse));
    check_carry<E, V>(e, terms, (total.high + carry - sum.high) * V(kInverse));
  }
  template <class E, class V>
  HOST_DEVICE static constexpr V check_carry(E& e, int terms, const V& carry) {
    if (terms == 2) {
      e.zero(carry * (carry - 1), "carry of a sum of two");
    } else {
      e.zero(carry * (carry - 1) * (carry - 2), "carry of a sum of three");
    }
    return carry;
  }
  template <class V>
  HOST_DEVICE static constexpr Halves<V> add(const Halves<V>& x, const Halves<V>& y) {
    return {x.low + y.low, x.high + y.high};
  }
  /// Bytes i, i + 1 and i + 2, i + 3, counted round the word.
  template <class V>
  HOST_DEVICE static constexpr Halves<V> join_bytes(const Bytes<V>& x) {
    return {x[0] + x[1] * (1 << 8), x[2] + x[3] * (1 << 8)};
  }
  template <class V>
  HOST_DEVICE static constexpr Bytes<V> turn_bytes(const Bytes<V>& x, int by) {
    return {{x[by], x[(by + 1) % 4], x[(by + 2) % 4], x[(by + 3) % 4]}};
  }
  template <class V>
  HOST_DEVICE static constexpr Halves<V> b_halves(const BWord<V>& b) {
    return {b.low, b.middle + b.top * (1 << 9)};
  }
  template <class V>
  HOST_DEVICE static constexpr Array<V, 32> state_list(const Array<Halves<V>, 4>& a,
                                                       const Array<BWord<V>, 4>& b,
                                                       const Array<Halves<V>, 4>& c,
                                                       const Array<Bytes<V>, 4>& d) {
    Array<Halves<V>, 16> words{};
    for (int i = 0; i < 4; ++i) {
      words[i] = a[i];
      words[4 + i] = b_halves<V>(b[i]);
      words[8 + i] = c[i];
      words[12 + i] = join_bytes<V>(d[i]);
    }
    return halves_list(words);
  }
  template <class E, class V>
  HOST_DEVICE static constexpr void xor_bytes(E& e, const V& en, const Bytes<V>& x,
                                              const Bytes<V>& y, const Bytes<V>& z) {
    for (int i = 0; i < 4; ++i) e.exclusive_or(8, en, x[i], y[i], z[i]);
  }

  /// The mixing function on a, b, c, d with message words x and y.
  template <class E, class V>
  HOST_DEVICE static constexpr void mix(E& e, const V& en, const Halves<V>& x, const Halves<V>& y,
                                        const Mixing<V>& w, Halves<V>& a, BWord<V>& b, Halves<V>& c,
                                        Bytes<V>& d) {
    const Halves<V> a1 = join_bytes<V>(w.a1);
    check_sum(e, 3, add(add(a, b_halves<V>(b)), x), a1);
    xor_bytes(e, en, d, w.a1, w.d1);
    const Bytes<V> d1 = turn_bytes<V>(w.d1, 2);
    const Halves<V> c1{w.c1[0] + w.c1[1] * (1 << 3) + w.c1[2] * (1 << 12),
                       w.c1[3] + w.c1[4] * (1 << 9)};
    check_sum(e, 2, add(c, join_bytes<V>(d1)), c1);
    e.exclusive_or(3, en, b.low - w.b_cut[0] * (1 << 3) - w.b_cut[1] * (1 << 12), w.c1[0], w.b1[0]);
    e.exclusive_or(9, en, w.b_cut[0], w.c1[1], w.b1[1]);
    e.exclusive_or(4, en, w.b_cut[1], w.c1[2], w.b1[2]);
    e.exclusive_or(9, en, b.middle, w.c1[3], w.b1[3]);
    e.exclusive_or(7, en, b.top, w.c1[4], w.b1[4]);
    // Turned by 12, the pieces of b1 begin at bits 20, 23, 0, 4, 13. Cut again at 7 and 16.
    const V below_23 = w.b1[2] + w.b1[3] * (1 << 4) + w.b1[4] * (1 << 13) + w.b1[0] * (1 << 20);
    const Array<V, 4> b1{{below_23 - w.b1_cut[0] * (1 << 7) - w.b1_cut[1] * (1 << 16), w.b1_cut[0],
                          w.b1_cut[1], w.b1[1]}};
    const Halves<V> a2 = join_bytes<V>(w.a2);
    const Halves<V> b1_halves{b1[0] + b1[1] * (1 << 7), b1[2] + b1[3] * (1 << 7)};
    check_sum(e, 3, add(add(a1, b1_halves), y), a2);
    xor_bytes(e, en, d1, w.a2, w.d2);
    d = turn_bytes<V>(w.d2, 1);
    const Halves<V> c2{w.c2[0] + w.c2[1] * (1 << 7), w.c2[2] + w.c2[3] * (1 << 7)};
    check_sum(e, 2, add(c1, join_bytes<V>(d)), c2);
    e.exclusive_or(7, en, b1[0], w.c2[0], w.b2[0]);
    e.exclusive_or(9, en, b1[1], w.c2[1], w.b2[1]);
    e.exclusive_or(7, en, b1[2], w.c2[2], w.b2[2]);
    e.exclusive_or(9, en, b1[3], w.c2[3], w.b2[3]);
    a = a2;
    b = {w.b2[1] + w.b2[2] * (1 << 9), w.b2[3], w.b2[0]};  // turned by 7
    c = c2;
  }

  HOST_DEVICE static Halves<KoalaBear> halves(uint32_t x) { return {x & 0xffff, x >> 16}; }
  /// The pieces of a word between these bits.
  template <int... kCuts>
  HOST_DEVICE static Array<KoalaBear, sizeof...(kCuts) + 1> pieces(uint32_t x) {
    constexpr int kFirst[] = {0, kCuts..., 32};
    Array<KoalaBear, sizeof...(kCuts) + 1> result;
    for (size_t i = 0; i <= sizeof...(kCuts); ++i) {
      result[i] = x >> kFirst[i] & ((1u << (kFirst[i + 1] - kFirst[i])) - 1);
    }
    return result;
  }
  HOST_DEVICE static Bytes<KoalaBear> bytes(uint32_t x) { return pieces<8, 16, 24>(x); }
  HOST_DEVICE static Mixing<KoalaBear> mix_words(uint32_t& a, uint32_t& b, uint32_t& c, uint32_t& d,
                                                 uint32_t x, uint32_t y) {
    Mixing<KoalaBear> w;
    w.b_cut = {{b >> 3 & 0x1ff, b >> 12 & 15}};
    a = a + b + x;
    w.a1 = bytes(a);
    w.d1 = bytes(d ^ a);
    d = rotate_right<16>(d ^ a);
    c = c + d;
    w.c1 = pieces<3, 12, 16, 25>(c);
    w.b1 = pieces<3, 12, 16, 25>(b ^ c);
    b = rotate_right<12>(b ^ c);
    w.b1_cut = {{b >> 7 & 0x1ff, b >> 16 & 0x7f}};
    a = a + b + y;
    w.a2 = bytes(a);
    w.d2 = bytes(d ^ a);
    d = rotate_right<8>(d ^ a);
    c = c + d;
    w.c2 = pieces<7, 16, 23>(c);
    w.b2 = pieces<7, 16, 23>(b ^ c);
    b = rotate_right<7>(b ^ c);
    return w;
  }
};

}  // namespace cairn
