// KECCAK_ROUNDS: one round of Keccak-f[1600] on bits, a row of the chain that KECCAK opens.
//
// Columns are the bits after theta (a'), the parities c of the columns of lanes before it and c'
// after it. With c'[x, z] = c[x, z] ^ c[x - 1, z] ^ c[x + 1, z - 1], the lanes before theta are a'
// ^ c ^ c', and c is their parity just where c' is that of a'; the latter is said by a' summing up
// to c' or 2 or 4 more. Lanes are never columns of their own: limbs of the state
// (air/chips/keccak.hpp) are sums of bits of degree 3 on either side. The layout is that of the
// known 24-row Keccak chips without their lanes, preimage and step flags.
//
// Soundness: every bit is constrained to 0 or 1 or is an exclusive or of such; a limb sums up at
// most 27 bits and does not wrap. The round's constant comes from the opener as seven bits in one
// digit, under the same label and step as the state.
//
// 2385 columns, 3 fractions, 2395 cells a row, 24 rows an instance.
#pragma once

#include "air/chips/keccak.hpp"

namespace cairn {

struct KeccakRounds {
  static constexpr const char* kName = "KECCAK_ROUNDS";
  static constexpr Kind kKind = Kind::kCall;
  static constexpr bool kReadsCounts = false;
  static constexpr int kColumnBits = 5 * keccak::kLaneBits;
  static constexpr int kStateBits = keccak::kLanes * keccak::kLaneBits;
  static uint64_t call_count(const Image& image) {
    return keccak::kRounds * builtin_instances(image, Keccak::kBuiltin, Keccak::kCellsPerRow);
  }

  template <class T>
  struct Columns {
    T en, label, step;
    Array<T, keccak::kConstantBits> constant;
    Array<T, keccak::kConstantBits> unmixed;  // bits of lane 0 before the constant is added
    Array<T, kKeccakLimbs> before, after;
    Array<T, kColumnBits> parity;  // c
    Array<T, kColumnBits> turned;  // c'
    Array<T, kStateBits> bit;      // a'
  };

  template <class E>
  HOST_DEVICE static constexpr void evaluate(E& e) {
    using V = typename E::Value;
    const auto c = e.template columns<Columns>();
    e.boolean(c.en, "en is boolean");
    for (int i = 0; i < kColumnBits; ++i) {
      const int x = i / keccak::kLaneBits, z = i % keccak::kLaneBits;
      e.boolean(c.parity[i], "parity is boolean");
      e.zero(c.turned[i] - exclusive_or<V>(c.parity[i], c.parity[column_bit(x + 4, z)],
                                           c.parity[column_bit(x + 1, z + 63)]),
             "parity after theta");
      V excess = -c.turned[i];
      for (int y = 0; y < 5; ++y) excess += c.bit[kColumnBits * y + i];
      e.zero(excess * (excess - 2) * (excess - 4), "parity of the bits after theta");
    }
    for (int i = 0; i < kStateBits; ++i) e.boolean(c.bit[i], "bit is boolean");

    V digit = V(0);
    for (int j = 0; j < keccak::kConstantBits; ++j) {
      e.boolean(c.constant[j], "constant is boolean");
      e.zero(c.unmixed[j] - chi<V>(c, (1 << j) - 1), "bit before the constant");
      digit += c.constant[j] * (1 << j);
    }
    for (int limb = 0; limb < kKeccakLimbs; ++limb) {
      V before = V(0), after = V(0);
      for (int k = keccak_limb_bits(limb) - 1; k >= 0; --k) {
        const int i = keccak_limb_begin(limb) + k;
        const int column = i % kColumnBits;
        before += before + exclusive_or<V>(c.bit[i], c.parity[column], c.turned[column]);
        after += after + result<V>(c, i);
      }
      e.zero(before - c.before[limb], "limb before the round");
      e.zero(after - c.after[limb], "limb after the round");
    }

    constexpr int kKind = static_cast<int>(ChainKind::kKeccak);
    e.provide(Bus::kChain, c.en, kKind, c.label, c.step, c.before);
    e.use(Bus::kChain, c.en, kKind, c.label, c.step + 1, c.after);
    e.provide(Bus::kDigit, c.en, kKind, c.label, c.step, digit);
  }

  HOST_DEVICE static Columns<KoalaBear> fill(const Image& image, const Counts&, const Part& part,
                                             uint32_t row) {
    Columns<KoalaBear> c{};
    if (row >= part.count) return c;
    const uint32_t place = part.first + row;
    const int round = static_cast<int>(place % keccak::kRounds);
    const uint32_t label = image.builtin[static_cast<int>(Keccak::kBuiltin)].begin +
                           place / keccak::kRounds * Keccak::kCellsPerRow;
    uint64_t a[keccak::kLanes] = {};
    for (int i = 0; i < keccak::kWords; ++i) {
      keccak::put_word(a, i, image.value(image.cell(label + i)));
    }
    for (int r = 0; r < round; ++r) keccak::traced_round(a, r);
    c.en = 1;
    c.label = label;
    c.step = round;
    fill_limbs(c.before, a);
    const keccak::RoundTrace trace = keccak::traced_round(a, round);
    fill_limbs(c.after, a);
    for (int j = 0; j < keccak::kConstantBits; ++j) {
      c.constant[j] = keccak::constant_bits(round) >> j & 1;
      c.unmixed[j] = (a[0] ^ keccak::round_constant(round)) >> ((1 << j) - 1) & 1;
    }
    for (int i = 0; i < kColumnBits; ++i) {
      const int x = i / keccak::kLaneBits, z = i % keccak::kLaneBits;
      uint64_t turned = 0;
      for (int y = 0; y < 5; ++y) turned ^= trace.added[x + 5 * y];
      c.parity[i] = trace.parity[x] >> z & 1;
      c.turned[i] = turned >> z & 1;
    }
    for (int i = 0; i < kStateBits; ++i) {
      c.bit[i] = trace.added[i / keccak::kLaneBits] >> (i % keccak::kLaneBits) & 1;
    }
    return c;
  }

 private:
  HOST_DEVICE static constexpr int column_bit(int x, int z) {
    return x % 5 * keccak::kLaneBits + z % keccak::kLaneBits;
  }
  template <class V>
  HOST_DEVICE static constexpr V exclusive_or(const V& a, const V& b) {
    const V both = a * b;
    return a + b - both - both;
  }
  template <class V>
  HOST_DEVICE static constexpr V exclusive_or(const V& a, const V& b, const V& c) {
    return exclusive_or<V>(exclusive_or<V>(a, b), c);
  }
  /// Bit z of the lane that rho and pi bring to (x, y).
  template <class V>
  HOST_DEVICE static constexpr const V& moved(const Columns<V>& c, int x, int y, int z) {
    const int from = keccak::lane_from(x, y);
    const int turned = (z + keccak::kLaneBits - keccak::rotation(from)) % keccak::kLaneBits;
    return c.bit[from * keccak::kLaneBits + turned];
  }
  /// Bit i of the state after chi.
  template <class V>
  HOST_DEVICE static constexpr V chi(const Columns<V>& c, int i) {
    const int lane = i / keccak::kLaneBits, z = i % keccak::kLaneBits;
    const int x = lane % 5, y = lane / 5;
    const V flip = (1 - moved<V>(c, (x + 1) % 5, y, z)) * moved<V>(c, (x + 2) % 5, y, z);
    return exclusive_or<V>(moved<V>(c, x, y, z), flip);
  }
  /// Bit i of the state after the round.
  template <class V>
  HOST_DEVICE static constexpr V result(const Columns<V>& c, int i) {
    for (int j = 0; j < keccak::kConstantBits; ++j) {
      if (i == (1 << j) - 1) return exclusive_or<V>(c.unmixed[j], c.constant[j]);
    }
    return chi<V>(c, i);
  }
  HOST_DEVICE static void fill_limbs(Array<KoalaBear, kKeccakLimbs>& limbs,
                                     const uint64_t (&a)[keccak::kLanes]) {
    for (int limb = 0; limb < kKeccakLimbs; ++limb) {
      const int begin = keccak_limb_begin(limb), bits = keccak_limb_bits(limb);
      const int shift = begin % keccak::kLaneBits;
      uint64_t x = a[begin / keccak::kLaneBits] >> shift;
      if (shift + bits > keccak::kLaneBits) {
        x |= a[begin / keccak::kLaneBits + 1] << (keccak::kLaneBits - shift);
      }
      limbs[limb] = x & ((uint64_t{1} << bits) - 1);
    }
  }
};

}  // namespace cairn
