// Poseidon over vectors, compiled apart for each instruction set (core/poseidon_simd.cpp): a body
// of thousands of instructions that is not worth having in every kernel that hashes.
#pragma once

#include "core/koala_bear.hpp"

namespace cairn::poseidon {

/// Permute as many states as the set has 32-bit lanes, element i of state l at state[i * lanes +
/// l]. Only where the processor has the set.
void permute_avx2(KoalaBear* state);
void permute_avx512(KoalaBear* state);
/// With AVX512_VNNI and AVX512_IFMA beside what permute_avx512 needs.
void permute_avx512_sums(KoalaBear* state);

#if defined(CAIRN_SIMD_AVX512)
/// Whether the processor, which has AVX-512, has what permute_avx512_sums needs.
[[gnu::always_inline]] inline bool has_avx512_sums() {
  return __builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512ifma");
}
#endif

}  // namespace cairn::poseidon
