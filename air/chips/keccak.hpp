// KECCAK: the keccak builtin, Keccak-f[1600] of 8 words of 200 bits into 8 more.
//
// The row opens and closes a chain of 24 rows of KECCAK_ROUNDS and hands each its constant. The
// chain's state is the words as the value bus gives them, 7 limbs of 27 bits and one of 11, cut
// across lanes as they lie in memory: nothing is left to split or to check here.
//
// Soundness: the limbs that the first round takes and the last one gives are sums of its bits, 27
// or 11 each, so that each word is below 2^200; the value bus fixes the rest of its limbs to 0.
// Rows of a chain stand on the bus under the opener's address, which no other row has, at ascending
// steps, so that the only path from step 0 to step 24 goes through every round once, with the
// constant that only the opener can give for that step.
//
// 162 columns, 58 fractions, 307 cells; with 24 rounds 57787 cells an instance.
#pragma once

#include "air/chips/arithmetic.hpp"
#include "air/chips/builtin_rows.hpp"
#include "core/keccak_f.hpp"

namespace cairn {

/// The state between rounds: limb 8 j + k has bits from 200 j + 27 k on.
inline constexpr int kKeccakWordLimbs = 8;
inline constexpr int kKeccakLimbs = keccak::kWords * kKeccakWordLimbs;
HOST_DEVICE constexpr int keccak_limb_begin(int i) {
  return i / kKeccakWordLimbs * 200 + i % kKeccakWordLimbs * 27;
}
HOST_DEVICE constexpr int keccak_limb_bits(int i) {
  return i % kKeccakWordLimbs == kKeccakWordLimbs - 1 ? 11 : 27;
}

struct Keccak {
  static constexpr const char* kName = "KECCAK";
  static constexpr Kind kKind = Kind::kBuiltin;
  static constexpr Builtin kBuiltin = Builtin::kKeccak;
  static constexpr uint32_t kCellsPerRow = 2 * keccak::kWords;
  static constexpr bool kReadsCounts = false;

  template <class T>
  using State = Array<Array<T, kKeccakWordLimbs>, keccak::kWords>;

  template <class T>
  struct Columns {
    T address, en;  // read in the next row
    Array<Word<T>, kCellsPerRow> word;
    State<T> before, after;
  };

  template <class E>
  HOST_DEVICE static constexpr void evaluate(E& e) {
    using V = typename E::Value;
    const auto c = e.template columns<Columns>();
    builtin_rows(e, kCellsPerRow, c.address, c.en);
    for (int i = 0; i < static_cast<int>(kCellsPerRow); ++i) {
      read_word<E, V>(e, c.en, c.address + i, c.word[i]);
      use_value(e, Bus::kValue27, c.en, c.word[i],
                i < keccak::kWords ? c.before[i] : c.after[i - keccak::kWords]);
    }
    constexpr int kKind = static_cast<int>(ChainKind::kKeccak);
    e.use(Bus::kChain, c.en, kKind, c.address, 0, flat<V>(c.before));
    e.provide(Bus::kChain, c.en, kKind, c.address, +keccak::kRounds, flat<V>(c.after));
    for (int r = 0; r < keccak::kRounds; ++r) {
      e.use(Bus::kDigit, c.en, kKind, c.address, r, static_cast<int>(keccak::constant_bits(r)));
    }
  }

  HOST_DEVICE static Columns<KoalaBear> fill(const Image& image, const Counts&, const Part& part,
                                             uint32_t row) {
    Columns<KoalaBear> c{};
    const auto [address, real] = begin_builtin_row(part, kCellsPerRow, row, c);
    if (!real) return c;
    for (int i = 0; i < static_cast<int>(kCellsPerRow); ++i) {
      const Cell cell = image.cell(address + i);
      c.word[i] = word_of(cell);
      const Felt value = image.value(cell);
      auto& limb = i < keccak::kWords ? c.before[i] : c.after[i - keccak::kWords];
      for (int k = 0; k < kKeccakWordLimbs; ++k) limb[k] = value.limb27(k);
    }
    return c;
  }

 private:
  template <class V>
  HOST_DEVICE static constexpr Array<V, kKeccakLimbs> flat(const State<V>& state) {
    Array<V, kKeccakLimbs> list{};
    for (int i = 0; i < kKeccakLimbs; ++i) {
      list[i] = state[i / kKeccakWordLimbs][i % kKeccakWordLimbs];
    }
    return list;
  }
};

}  // namespace cairn
