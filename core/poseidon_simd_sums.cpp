// As poseidon_simd.cpp, with AVX512_VNNI and AVX512_IFMA: for the set avx512 alone.
#include "core/poseidon_simd.hpp"

#if defined(CAIRN_SIMD_AVX512)
#include "core/poseidon_simd_body.hpp"

namespace cairn::poseidon {

void permute_avx512_sums(KoalaBear* state) { permute_words<Avx512SumWords>(state); }

}  // namespace cairn::poseidon
#endif
