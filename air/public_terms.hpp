// What a statement itself says on the buses: the verifier adds these terms to the sum of all parts.
//
// The initial and the final state, the stack's cells, and each word of the program and of the
// output (design: cairo-air.md 13). Together with the zero sum they say: the memory holds these
// words, the run starts at main with a fresh stack, and ends by returning to address 0.
//
// Soundness: a word that memory holds as an immediate is said by its memory term alone, from the
// word and not from the hint; any other word needs its limbs on the value bus, where a false hint
// finds no row.
#pragma once

#include <cstddef>
#include <cstdint>

#include "air/count_uses.hpp"
#include "air/row_evaluator.hpp"
#include "air/statement.hpp"

namespace cairn {

/// How many public terms there can be at most, for the verifier's accounts.
inline uint64_t max_public_terms(const Statement& s) {
  return 2 + 2 * s.builtins.size() + 2 + 2 * (s.program.size() + s.output.size());
}

namespace public_terms {

template <class... T>
ClearMessage message(Bus bus, T... coordinate) {
  return {bus, sizeof...(T), {KoalaBear(static_cast<int64_t>(coordinate))...}};
}

/// The cell at `address` holds `word`.
template <class F>
void add_word(uint32_t address, const Felt& word, Cell hint, F& f) {
  f(+1, message(Bus::kMemory, address, hint.kappa(), hint.payload()));
  if (hint.kappa() == 0 && felt_of(hint.value()) == word) return;
  ClearMessage value = message(Bus::kValue27, hint.kappa(), hint.payload());
  for (int i = 0; i < 10; ++i) value.coordinate[value.length++] = KoalaBear(word.limb27(i));
  f(+1, value);
}

}  // namespace public_terms

/// Calls f(sign, message) for each term, +1 for a use and -1 for a provision, all of
/// multiplicity 1. The hints must be as many as the words. A simulated builtin's stack cells hold
/// 0.
template <class F>
void for_each_public_term(const Statement& s, F&& f) {
  using public_terms::message;
  const uint32_t builtins = static_cast<uint32_t>(s.builtins.size());
  const uint32_t initial_ap = s.execution_base + builtins + 2;
  f(+1, message(Bus::kState, s.program_base + s.main, initial_ap, initial_ap));
  f(-1, message(Bus::kState, 0, s.final_ap, 0));

  // Initial stack: where each builtin begins, then the caller's fp and pc, both 0.
  const auto stack_cell = [&](uint32_t address, uint32_t value) {
    f(+1, message(Bus::kMemory, address, 0, int64_t{value} + Cell::kBias));
  };
  for (uint32_t i = 0; i < builtins; ++i) stack_cell(s.execution_base + i, s.builtins[i].begin);
  stack_cell(s.execution_base + builtins, 0);
  stack_cell(s.execution_base + builtins + 1, 0);
  for (uint32_t i = 0; i < builtins; ++i) {
    stack_cell(s.final_ap - builtins + i, s.builtins[i].stop);
  }

  for (std::size_t i = 0; i < s.program.size(); ++i) {
    public_terms::add_word(s.program_base + static_cast<uint32_t>(i), s.program[i],
                           s.program_cells[i], f);
  }
  for (const ListedBuiltin& builtin : s.builtins) {
    if (builtin.builtin != Builtin::kOutput) continue;
    for (std::size_t i = 0; i < s.output.size(); ++i) {
      public_terms::add_word(builtin.begin + static_cast<uint32_t>(i), s.output[i],
                             s.output_cells[i], f);
    }
  }
}

/// Counts what the public terms use. False if some term has no table entry: the statement is not
/// one about this image.
template <class Add>
bool count_public_uses(const Statement& statement, const Image& image, const Counts& counts) {
  UseCounter<Add> counter(image, counts);
  for_each_public_term(
      statement, [&](int sign, const ClearMessage& m) { counter.message(sign, KoalaBear(1), m); });
  return !counter.unprovided();
}

}  // namespace cairn
