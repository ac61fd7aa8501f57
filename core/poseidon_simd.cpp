// Compiled once per instruction set (core/CMakeLists.txt); the portable one has no vectors.
#include "core/poseidon_simd.hpp"

#if defined(CAIRN_SIMD_AVX512) || defined(CAIRN_SIMD_AVX2)
#include "core/poseidon_simd_body.hpp"

namespace cairn::poseidon {

#if defined(CAIRN_SIMD_AVX512)
void permute_avx512(KoalaBear* state) { permute_words<Avx512Words>(state); }
#else
void permute_avx2(KoalaBear* state) { permute_words<Avx2Words>(state); }
#endif

}  // namespace cairn::poseidon
#endif
