// What ADD_MOD and MUL_MOD have in common: an instance's cells, the batch it belongs to, and its
// numbers of four words of 96 bits (design: cairo-air.md 7.4, cairo-air-review.md R8, R18).
//
// An instance is p (4 cells), values_ptr, offsets_ptr, n; it says a op b = c modulo p for the
// numbers at values_ptr + [offsets_ptr], + [offsets_ptr + 1] and + [offsets_ptr + 2]. A program
// writes the first instance of a batch of n and steps over all n: the others must go on from it,
// with the same p and values_ptr, offsets_ptr + 3 and n - 1, down to n = 1.
//
// Soundness: a row looks at the cells before its own. Where n = 1 stands before it, a batch may
// begin; otherwise previous_n - 1 = continues * n is not 0, so that `continues` is 1 and all cells
// are compared. Before the segment's first instance stands a cell of the prover's choice, honestly
// a 1 (segmenter/relocation.hpp): whatever it is, more is compared and not less, and no row needs
// to know where the segment begins. Which rows the other instances lie before does not matter, in
// particular not where parts are cut.
//
// Words are compared as memory holds them: equal words with different cells only refuse.
#pragma once

#include "air/chips/builtin_rows.hpp"
#include "air/chips/limbs.hpp"
#include "air/chips/opcode.hpp"
#include "core/wide_integer.hpp"

namespace cairn {

inline constexpr int kModWords = 4;
inline constexpr int kModWordBits = 96;
inline constexpr uint32_t kModCells = 7;  // of an instance

/// A number of 384 bits: its words as memory holds them, and each word's limbs.
template <class T, int kLimbs>
struct ModNumber {
  Array<Word<T>, kModWords> word;
  Array<Array<T, kLimbs>, kModWords> limb;
};

/// The first columns of both chips.
template <class T, int kLimbs>
struct ModInstance {
  T address, en;  // read in the next row
  T continues, previous_n;
  T values_ptr, offsets_ptr, n;
  Array<T, 3> offset;
  ModNumber<T, kLimbs> p;
  Array<ModNumber<T, kLimbs>, 3> operand;  // a, b, c
};

/// The number at `address`, its limbs from that value bus. Limbs that are left out are 0; the top
/// ones are for the chip to check.
template <class E, class V, int kLimbs>
HOST_DEVICE constexpr void read_mod_number(E& e, Bus bus, const V& en, const V& address,
                                           const ModNumber<V, kLimbs>& number) {
  for (int i = 0; i < kModWords; ++i) {
    const Word<V>& word = number.word[i];
    e.use(Bus::kMemory, en, address + i, word.kappa, word.payload);
    e.use(bus, en, word.kappa, word.payload, number.limb[i]);
  }
}

template <class E, class V, int kLimbs>
HOST_DEVICE constexpr void mod_instance(E& e, Bus bus, const ModInstance<V, kLimbs>& c) {
  builtin_rows(e, kModCells, c.address, c.en);
  e.boolean(c.continues, "continues is boolean");
  e.zero(c.continues * (1 - c.en), "padding continues nothing");
  e.zero(c.previous_n - c.en - c.continues * c.n, "n counts down to 1");
  read_immediate(e, c.en, c.address - 1, c.previous_n);
  const V previous = c.address - static_cast<int>(kModCells);
  for (int i = 0; i < kModWords; ++i) {
    read_word(e, c.continues, previous + i, c.p.word[i]);
  }
  read_immediate(e, c.continues, previous + kModWords, c.values_ptr);
  read_immediate(e, c.continues, previous + (kModWords + 1), c.offsets_ptr - 3);

  read_mod_number(e, bus, c.en, c.address, c.p);
  read_immediate(e, c.en, c.address + kModWords, c.values_ptr);
  read_immediate(e, c.en, c.address + (kModWords + 1), c.offsets_ptr);
  read_immediate(e, c.en, c.address + (kModWords + 2), c.n);
  for (int i = 0; i < 3; ++i) {
    read_immediate(e, c.en, c.offsets_ptr + i, c.offset[i]);
    read_mod_number(e, bus, c.en, c.values_ptr + c.offset[i], c.operand[i]);
  }
}

/// The numbers of an instance as integers.
using ModInteger = WideInteger<kModWords * kModWordBits / 32>;
struct ModIntegers {
  ModInteger p, a, b, c;
};

/// The low 96 bits of four cells from `address` on.
HOST_DEVICE ModInteger mod_integer(const Image& image, uint32_t address) {
  ModInteger x;
  for (int i = 0; i < kModWords; ++i) {
    const Felt word = image.value(image.cell(address + i));
    for (int j = 0; j < 3; ++j) x.digit[3 * i + j] = word.bits(32 * j, 32);
  }
  return x;
}

template <int kLimbs, int kLimbBits>
HOST_DEVICE ModNumber<KoalaBear, kLimbs> mod_number(const Image& image, uint32_t address,
                                                    ModInteger& integer) {
  ModNumber<KoalaBear, kLimbs> number;
  integer = mod_integer(image, address);
  for (int i = 0; i < kModWords; ++i) {
    const Cell cell = image.cell(address + i);
    number.word[i] = word_of(cell);
    for (int j = 0; j < kLimbs; ++j) {
      const int first = kLimbBits * j;
      const int rest = kModWordBits - first;
      number.limb[i][j] =
          integer.bits(kModWordBits * i + first, rest < kLimbBits ? rest : kLimbBits);
    }
  }
  return number;
}

/// Fills what follows address and en of a real row, and gives its numbers.
template <int kLimbBits, int kLimbs>
HOST_DEVICE ModIntegers fill_mod_instance(const Image& image, uint32_t address,
                                          ModInstance<KoalaBear, kLimbs>& c) {
  ModIntegers integers;
  const int32_t previous_n = image.cell(address - 1).value();
  c.continues = previous_n == 1 ? 0 : 1;
  c.previous_n = previous_n;
  const int32_t values_ptr = image.cell(address + kModWords).value();
  const int32_t offsets_ptr = image.cell(address + kModWords + 1).value();
  c.values_ptr = values_ptr;
  c.offsets_ptr = offsets_ptr;
  c.n = image.cell(address + kModWords + 2).value();
  c.p = mod_number<kLimbs, kLimbBits>(image, address, integers.p);
  ModInteger* const operand[] = {&integers.a, &integers.b, &integers.c};
  for (int i = 0; i < 3; ++i) {
    const int32_t offset = image.cell(offsets_ptr + i).value();
    c.offset[i] = offset;
    c.operand[i] = mod_number<kLimbs, kLimbBits>(image, values_ptr + offset, *operand[i]);
  }
  return integers;
}

}  // namespace cairn
