// BLAKE2S: the Blake2s instructions (opcode extensions 1 and 2, the latter for the last block):
// the chaining value at [op0] (8 words of 32 bits), the message at [op1] (16 words) and the byte
// counter dst give 8 words at [[ap]].
//
// The ten rounds are calls of BLAKE2S_ROUNDS; the row holds v between them. Only here are words cut
// out of the limbs of the value bus (9, 9, 9, 5 bits): limb 1 holds bits 9-15 and, two bits, 16-17.
//
// Soundness: the four pieces (9, 7, 9, 7 bits) of a word that an exclusive or takes or gives are
// exact by its lookup. All of v is then below 2^32: v_0 is made of such words and constants, and
// each round keeps it so. What else a word needs stands at PieceWord and MessageWord; in both the
// value on the bus is the integer low + 2^16 high, so that no word of 2^32 or more is accepted.
//
// 654 columns, 166 fractions, 1069 cells a row; with ten rounds 8329 cells a compression.
#pragma once

#include "air/chips/arithmetic.hpp"
#include "air/chips/blake2s_step.hpp"

namespace cairn {

struct Blake2s {
  static constexpr const char* kName = "BLAKE2S";
  static constexpr Kind kKind = Kind::kOpcode;
  static constexpr bool kReadsCounts = false;
  static constexpr int kBetween = blake2s::kRounds - 1;  // states between rounds

  /// Bits 0-8, 9-15, 16-24, 25-31 of a word.
  template <class T>
  using Pieces = Array<T, 4>;

  /// A word of memory whose pieces some exclusive or checks. Soundness: high = low2 + 4 limb2 +
  /// 2^11 top5 defines limb 2, so with limbs 2 and 3 below 2^9 low2 is an integer below 2^21 in
  /// size, and limb1 = piece1 + 2^7 low2 in [0, 2^9) leaves 0 to 3.
  template <class T>
  struct PieceWord {
    Word<T> word;
    Pieces<T> piece;
    T low2, top5;  // bits 16-17 and 27-31
  };

  /// A word of memory of which only halves are wanted. Soundness: one lookup of (4 middle7, low2 +
  /// 16 top5) in PAIR9 does all: limb 3, top5, is below 2^9, hence low2 an integer in (-2^13, 2^9);
  /// 4 limb1 = 4 middle7 + 2^9 low2 in [0, 2^11) with 4 middle7 in [0, 2^9) leaves low2 in 0 to 3
  /// and middle7 whole; low2 + 16 top5 < 2^9 then leaves top5 below 2^5.
  template <class T>
  struct MessageWord {
    Word<T> word;
    T low9, middle7, low2, limb2, top5;
  };

  template <class T>
  struct Columns {
    Registers<T> r;
    Operand<T> dst, op0, op1;
    T ap_add1, final;
    T state_pointer, message_pointer, output_pointer;
    PieceWord<T> counter;
    Array<PieceWord<T>, 8> h, output;
    Array<MessageWord<T>, 16> message;
    Pieces<T> v12;
    Array<Array<Halves<T>, 16>, kBetween> between;
    Array<Pieces<T>, 16> last;   // v after round 10
    Array<Pieces<T>, 8> folded;  // v_i ^ v_{i + 8}
  };

  template <class E>
  HOST_DEVICE static constexpr void evaluate(E& e) {
    using V = typename E::Value;
    const auto c = e.template columns<Columns>();
    const V& en = c.r.en;
    instruction_row(e, c);
    read_immediate(e, en, c.op0.address, c.state_pointer);
    read_immediate(e, en, c.op1.address, c.message_pointer);
    read_immediate(e, en, c.r.ap, c.output_pointer);
    read_piece_word(e, en, c.dst.address, c.counter);
    Array<Halves<V>, 16> m{};
    for (int i = 0; i < 16; ++i) {
      m[i] = read_message_word<E, V>(e, en, c.message_pointer + i, c.message[i]);
    }
    for (int i = 0; i < 8; ++i) {
      read_piece_word<E, V>(e, en, c.state_pointer + i, c.h[i]);
      read_piece_word<E, V>(e, en, c.output_pointer + i, c.output[i]);
    }

    Array<Halves<V>, 16> v{};
    for (int i = 0; i < 8; ++i) v[i] = join<V>(c.h[i].piece);
    for (int i = 0; i < 8; ++i) v[8 + i] = constant<V>(blake2s::initial_word(i));
    for (int k = 0; k < 4; ++k) {
      e.exclusive_or(piece_width(k), en, c.counter.piece[k],
                     static_cast<int>(piece_of(blake2s::initial_word(4), k)), c.v12[k]);
    }
    v[12] = join<V>(c.v12);
    v[14].low += c.final * (0xffff - 2 * int(blake2s::initial_word(6) & 0xffff));
    v[14].high += c.final * (0xffff - 2 * int(blake2s::initial_word(6) >> 16));
    for (int round = 0; round < blake2s::kRounds; ++round) {
      Array<Halves<V>, 16> taken{}, next{};
      for (int i = 0; i < 16; ++i) taken[i] = m[blake2s::schedule(round, i)];
      for (int i = 0; i < 16; ++i) {
        next[i] = round < kBetween ? c.between[round][i] : join<V>(c.last[i]);
      }
      e.use(Bus::kBlake2s, en, halves_list(taken), halves_list(v), halves_list(next));
      v = next;
    }
    for (int i = 0; i < 8; ++i) {
      for (int k = 0; k < 4; ++k) {
        e.exclusive_or(piece_width(k), en, c.last[i][k], c.last[8 + i][k], c.folded[i][k]);
        e.exclusive_or(piece_width(k), en, c.h[i].piece[k], c.folded[i][k], c.output[i].piece[k]);
      }
    }
  }

  HOST_DEVICE static Columns<KoalaBear> fill(const Image& image, const Counts&, const Part& part,
                                             uint32_t row) {
    Columns<KoalaBear> c{};
    if (row >= part.count) return c;
    const Blake2sStep s(image, part, row);
    c.r = s.step.registers();
    c.dst = s.step.dst();
    c.op0 = s.step.op0();
    c.op1 = s.step.op1();
    c.ap_add1 = s.step.flag(kApAdd1);
    c.final = s.final() ? 1 : 0;
    c.state_pointer = s.state_pointer;
    c.message_pointer = s.message_pointer;
    c.output_pointer = s.output_pointer;
    c.counter = piece_word(s, s.step.dst_address());
    for (int i = 0; i < 8; ++i) {
      c.h[i] = piece_word(s, s.state_pointer + i);
      c.output[i] = piece_word(s, s.output_pointer + i);
    }
    uint32_t v[16], m[16], taken[16];
    s.start(v);
    s.message(m);
    for (int i = 0; i < 16; ++i) {
      c.message[i] = {s.step.word(s.message_pointer + i),
                      m[i] & 0x1ff,
                      m[i] >> 9 & 0x7f,
                      m[i] >> 16 & 3,
                      m[i] >> 18 & 0x1ff,
                      m[i] >> 27};
    }
    c.v12 = pieces_of(v[12]);
    for (int round = 0; round < blake2s::kRounds; ++round) {
      blake2s::scheduled(taken, m, round);
      blake2s::round(v, taken);
      if (round == kBetween) break;
      for (int i = 0; i < 16; ++i) c.between[round][i] = {v[i] & 0xffff, v[i] >> 16};
    }
    for (int i = 0; i < 16; ++i) c.last[i] = pieces_of(v[i]);
    for (int i = 0; i < 8; ++i) c.folded[i] = pieces_of(v[i] ^ v[8 + i]);
    return c;
  }

 private:
  HOST_DEVICE static constexpr int piece_first(int k) { return k / 2 * 16 + k % 2 * 9; }
  HOST_DEVICE static constexpr int piece_width(int k) { return k % 2 == 0 ? 9 : 7; }
  HOST_DEVICE static constexpr uint32_t piece_of(uint32_t x, int k) {
    return x >> piece_first(k) & ((1u << piece_width(k)) - 1);
  }
  HOST_DEVICE static Pieces<KoalaBear> pieces_of(uint32_t x) {
    return {{piece_of(x, 0), piece_of(x, 1), piece_of(x, 2), piece_of(x, 3)}};
  }
  HOST_DEVICE static PieceWord<KoalaBear> piece_word(const Blake2sStep& s, uint32_t address) {
    const uint32_t x = s.word(address);
    return {s.step.word(address), pieces_of(x), x >> 16 & 3, x >> 27};
  }
  template <class V>
  HOST_DEVICE static constexpr Halves<V> join(const Pieces<V>& x) {
    return {x[0] + x[1] * (1 << 9), x[2] + x[3] * (1 << 9)};
  }
  template <class V>
  HOST_DEVICE static constexpr Halves<V> constant(uint32_t x) {
    return {V(int64_t{x & 0xffff}), V(int64_t{x >> 16})};
  }

  template <class E, class V>
  HOST_DEVICE static constexpr void instruction_row(E& e, const Columns<V>& c) {
    constrain_operand(e, c.r, c.dst, "dst");
    constrain_operand(e, c.r, c.op0, "op0");
    constrain_operand(e, c.r, c.op1, "op1");
    e.boolean(c.ap_add1, "ap_add1 is boolean");
    e.boolean(c.final, "final is boolean");
    Form<V> f;
    f.o0 = c.dst.offset;
    f.o1 = c.op0.offset;
    f.o2 = c.op1.offset;
    f.dst_fp = c.dst.is_fp;
    f.op0_fp = c.op0.is_fp;
    f.op1_fp = c.op1.is_fp;
    f.op1_ap = 1 - c.op1.is_fp;
    f.ap_add1 = c.ap_add1;
    f.extension = 1 + c.final;
    opcode_row(e, c.r, f, c.r.pc + 1, c.r.ap + c.ap_add1, c.r.fp);
  }
  template <class E, class V>
  HOST_DEVICE static constexpr void read_limbs(E& e, const V& en, const V& address,
                                               const Word<V>& word, const Array<V, 4>& limb) {
    read_word(e, en, address, word);
    use_value(e, Bus::kValue9, en, word, limb);
  }
  template <class E, class V>
  HOST_DEVICE static constexpr void read_piece_word(E& e, const V& en, const V& address,
                                                    const PieceWord<V>& w) {
    constexpr int64_t kQuarter = KoalaBear(4).inverse().canonical();
    const V high = join<V>(w.piece).high;
    read_limbs<E, V>(e, en, address, w.word,
                     {{w.piece[0], w.piece[1] + w.low2 * (1 << 7),
                       (high - w.low2 - w.top5 * (1 << 11)) * V(kQuarter), w.top5}});
  }
  template <class E, class V>
  HOST_DEVICE static constexpr Halves<V> read_message_word(E& e, const V& en, const V& address,
                                                           const MessageWord<V>& w) {
    read_limbs<E, V>(e, en, address, w.word,
                     {{w.low9, w.middle7 + w.low2 * (1 << 7), w.limb2, w.top5}});
    e.use(Bus::kPair9, en, w.middle7 * 4, w.low2 + w.top5 * (1 << 4));
    return {w.low9 + w.middle7 * (1 << 9), w.low2 + w.limb2 * 4 + w.top5 * (1 << 11)};
  }
};

}  // namespace cairn
