// INSTR: the instructions that run, one row a distinct pc: the word at pc, cut into offsets and
// flags (design: cairo-air.md 4.1).
//
// The word's limbs of 9 bits are (l0, a + 2^7 b, l2, c + 2^5 d, l4, e + 2^3 f5, f6, extension). f5,
// f6 and extension need no check of their own: users send flags that are booleans, and the limbs
// fix the rest. There is no en: a padded row is a copy of the last real one, provided 0 times.
#pragma once

#include "air/chips/limbs.hpp"
#include "air/chips/opcode.hpp"

namespace cairn {

struct InstructionTable {
  static constexpr const char* kName = "INSTR";
  static constexpr Kind kKind = Kind::kFree;
  static constexpr bool kReadsCounts = true;

  template <class T>
  struct Columns {
    T multiplicity, pc;
    Word<T> word;
    T l0, a, b, l2, c, d, l4, e, f5, f6, extension;
  };

  template <class E>
  HOST_DEVICE static constexpr void evaluate(E& e) {
    using V = typename E::Value;
    const auto c = e.template columns<Columns>();
    e.use(Bus::kMemory, 1, c.pc, c.word.kappa, c.word.payload);
    const Array<V, 8> limb{{c.l0, c.a + c.b * (1 << 7), c.l2, c.c + c.d * (1 << 5), c.l4,
                            c.e + c.f5 * (1 << 3), c.f6, c.extension}};
    e.use(Bus::kValue9, 1, c.word.kappa, c.word.payload, limb);
    e.provide(Bus::kInstruction, c.multiplicity, c.pc, c.l0 + c.a * (1 << 9),
              c.b + c.l2 * (1 << 2) + c.c * (1 << 11), c.d + c.l4 * (1 << 4) + c.e * (1 << 13),
              c.f5, c.f6, c.extension);
    e.small_range(7, 1, c.a);
    e.small_range(2, 1, c.b);
    e.small_range(5, 1, c.c);
    e.small_range(4, 1, c.d);
    e.small_range(3, 1, c.e);
  }

  HOST_DEVICE static Columns<KoalaBear> fill(const Image& image, const Counts& counts,
                                             const Part& part, uint32_t row) {
    const bool real = row < part.count;
    const uint32_t position = part.first + (real ? row : part.count - 1);
    const uint32_t pc = image.instructions[position];
    const Cell cell = image.cell(pc);
    const Felt word = image.value(cell);
    Columns<KoalaBear> c;
    c.multiplicity = real ? Counts::read(counts.instruction, position) : 0;
    c.pc = pc;
    c.word = word_of(cell);
    c.l0 = word.bits(0, 9);
    c.a = word.bits(9, 7);
    c.b = word.bits(16, 2);
    c.l2 = word.bits(18, 9);
    c.c = word.bits(27, 5);
    c.d = word.bits(32, 4);
    c.l4 = word.bits(36, 9);
    c.e = word.bits(45, 3);
    c.f5 = word.bits(48, 6);
    c.f6 = word.bits(54, 9);
    c.extension = word.bits(63, 9);
    return c;
  }
};

}  // namespace cairn
