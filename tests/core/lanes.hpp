// What each instruction set does with arrays: the same functions compiled as the kernels are, so
// that a test can hold every set the CPU has to the scalar definitions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <ostream>

#include "core/hash.hpp"
#include "core/koala_bear.hpp"
#include "core/quintic.hpp"

namespace cairn {

/// Element arrays have `count` elements, a multiple of 16; rows are column by column, `rows` rows
/// (16).
struct LaneFunctions {
  const char* name;
  int width;
  void (*add)(const KoalaBear* a, const KoalaBear* b, KoalaBear* out, size_t count);
  void (*subtract)(const KoalaBear* a, const KoalaBear* b, KoalaBear* out, size_t count);
  void (*multiply)(const KoalaBear* a, const KoalaBear* b, KoalaBear* out, size_t count);
  void (*inverse)(const KoalaBear* a, KoalaBear* out, size_t count);
  /// out[i] = a[i] as an integer, brought back through a word to out2[i].
  void (*words)(const KoalaBear* a, uint32_t* out, KoalaBear* out2, size_t count);
  /// Five columns each, `count` apart.
  void (*multiply_quintic)(const KoalaBear* a, const KoalaBear* b, KoalaBear* out, size_t count);
  /// Digests of 16 rows of `columns` elements; column c of row r is cells[16 c + r].
  void (*hash_rows)(Hash hash, const KoalaBear* cells, uint32_t columns, Digest* out);
  /// Digests of 16 pairs.
  void (*hash_pairs)(Hash hash, const Digest* left, const Digest* right, Digest* out);
  /// 16 permutations, lane r of permutation i being state[16 r + i]; by the definition or the fast
  /// way.
  void (*permute)(KoalaBear* state, bool plain);
  /// Words tested for the nonces base .. base + 15.
  void (*work)(Hash hash, const Digest& seed, uint64_t base, uint32_t* out);
};

/// How a test's list of parameters shows one: without it, as bytes that change from run to run.
inline void PrintTo(const LaneFunctions& functions, std::ostream* out) { *out << functions.name; }

namespace scalar {
LaneFunctions lane_functions();
}
namespace avx2 {
LaneFunctions lane_functions();
}
namespace avx512 {
LaneFunctions lane_functions();
}

}  // namespace cairn
