// The words that a Blake2s instruction reads and writes, and what it computes.
#pragma once

#include <cstdint>

#include "core/blake2s.hpp"
#include "segmenter/step.hpp"

namespace cairn {

/// Where they lie; its pointers must be immediates.
struct Blake2sPlaces {
  int64_t state, message, counter, output;

  Blake2sPlaces(const CellReader& cells, const Decoded& d, const State& s)
      : state(cells[op0_address(d, s)].value()),
        message(cells[op1_address(d, s)].value()),
        counter(dst_address(d, s)),
        output(cells[s.ap].value()) {}

  static bool exist(const CellReader& cells, const Decoded& d, const State& s) {
    return cells[op0_address(d, s)].immediate() && cells[op1_address(d, s)].immediate() &&
           cells[s.ap].immediate();
  }
};

/// Whether the cell holds a word of 32 bits.
inline bool is_word(const CellReader& cells, Cell cell) {
  if (cell.hole()) return false;
  const Felt x = cells.memory().value(cell);
  return (x.word[0] >> 32 | x.word[1] | x.word[2] | x.word[3]) == 0;
}

/// The result in `h`; all words read must be words.
inline void compute_blake2s(const CellReader& cells, const Decoded& d, const Blake2sPlaces& places,
                            uint32_t (&h)[8]) {
  const auto word = [&](int64_t address) {
    return static_cast<uint32_t>(cells.memory().value(cells[address]).word[0]);
  };
  uint32_t m[16];
  for (int i = 0; i < 8; ++i) h[i] = word(places.state + i);
  for (int i = 0; i < 16; ++i) m[i] = word(places.message + i);
  blake2s::compress(h, m, word(places.counter), d.extension == 2);
}

}  // namespace cairn
