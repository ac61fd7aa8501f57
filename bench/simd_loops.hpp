// What an instruction set can do at best, in registers and the first-level cache: loops without
// memory, compiled for each set as the kernels are.
#pragma once

#include <cstdint>

#include "core/koala_bear.hpp"
#include "core/quintic.hpp"

namespace cairn::bench {

/// Elements of each array that stays in the first-level cache.
inline constexpr uint32_t kLoopElements = 2048;
/// Columns of the matrix of kLoopElements that is summed.
inline constexpr uint32_t kLoopColumns = 16;

struct SimdLoops {
  const char* name;
  uint32_t lanes;

  /// values[i] *= factors[i], `rounds` times.
  void (*multiply)(KoalaBear* values, const KoalaBear* factors, uint64_t rounds);
  /// Adds the columns of `values`, weighted, to five columns of `out`, `rounds` times; one
  /// reduction for kLoopColumns products.
  void (*add_products)(const KoalaBear* values, const KoalaBear5* weights, KoalaBear* out,
                       uint64_t rounds);
  /// Hashes 8 + 8 words (word i of lane l at i * lanes + l) into the first 8, `rounds` times: one
  /// BLAKE3 compression each.
  void (*compress)(uint32_t* words, uint64_t rounds);
  /// Permutes the Poseidon state (element i of lane l at i * lanes + l) `rounds` times.
  void (*permute)(KoalaBear* state, uint64_t rounds);
  /// Transposes a square of lanes * lanes elements `rounds` times; of one lane, it does nothing.
  void (*transpose)(KoalaBear* square, uint64_t rounds);
};

}  // namespace cairn::bench

namespace cairn::scalar {
bench::SimdLoops simd_loops();
}
namespace cairn::avx2 {
bench::SimdLoops simd_loops();
}
namespace cairn::avx512 {
bench::SimdLoops simd_loops();
}

namespace cairn::bench {

/// Those of the named set (scalar, avx2, avx512), which this build and processor must have.
SimdLoops loops_of(const char* name);

}  // namespace cairn::bench
