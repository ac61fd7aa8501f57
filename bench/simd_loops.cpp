#include "bench/simd_loops.hpp"

#include "core/hash_lanes.hpp"
#include "core/packed.hpp"
#include "core/packed_word.hpp"
#include "kernels/deep.hpp"
#include "kernels/tuned/transpose.hpp"

namespace cairn::CAIRN_SIMD {
namespace {

using V = PackedKoalaBear;
constexpr uint32_t kWidth = V::kWidth;

void multiply(KoalaBear* values, const KoalaBear* factors, uint64_t rounds) {
  for (uint64_t round = 0; round < rounds; ++round) {
    for (uint32_t i = 0; i < bench::kLoopElements; i += kWidth) {
      (V::load(values + i) * V::load(factors + i)).store(values + i);
    }
  }
}

void add_products(const KoalaBear* values, const KoalaBear5* weights, KoalaBear* out,
                  uint64_t rounds) {
  constexpr uint32_t kRows = bench::kLoopElements / bench::kLoopColumns;
  const AccumulateColumns kernel{values, kRows, bench::kLoopColumns, weights, out, kRows, kRows};
  for (uint64_t round = 0; round < rounds; ++round) {
    if constexpr (kWidth > 1) {
      constexpr uint32_t kBlock = kWidth * AccumulateColumns::kBlockGroups;
      static_assert(kRows % kBlock == 0);
      for (uint32_t i = 0; i < kRows; i += kBlock) kernel.run_block<V>(i);
    } else {
      for (uint32_t i = 0; i < kRows; ++i) kernel.operator()<V>(i);
    }
  }
}

void compress(uint32_t* words, uint64_t rounds) {
  PackedWord left[kDigestWords], right[kDigestWords], out[kDigestWords];
  for (uint32_t i = 0; i < kDigestWords; ++i) {
    left[i] = PackedWord::load(words + i * kWidth);
    right[i] = PackedWord::load(words + (kDigestWords + i) * kWidth);
  }
  for (uint64_t round = 0; round < rounds; ++round) {
    blake3_pair(left, right, out);
    for (int i = 0; i < kDigestWords; ++i) left[i] = out[i];
  }
  for (uint32_t i = 0; i < kDigestWords; ++i) left[i].store(words + i * kWidth);
}

void permute(KoalaBear* state, uint64_t rounds) {
  V lanes[poseidon::kWidth];
  for (uint32_t i = 0; i < poseidon::kWidth; ++i) lanes[i] = V::load(state + i * kWidth);
  for (uint64_t round = 0; round < rounds; ++round) poseidon::permute(lanes);
  for (uint32_t i = 0; i < poseidon::kWidth; ++i) lanes[i].store(state + i * kWidth);
}

void transpose_square(KoalaBear* square, uint64_t rounds) {
  for (uint64_t round = 0; round < rounds; ++round) {
    V rows[kWidth];
    for (uint32_t i = 0; i < kWidth; ++i) rows[i] = V::load(square + i * kWidth);
    transpose(rows);
    for (uint32_t i = 0; i < kWidth; ++i) rows[i].store(square + i * kWidth);
  }
}

}  // namespace

#define CAIRN_TEXT_OF(x) #x
#define CAIRN_TEXT(x) CAIRN_TEXT_OF(x)
bench::SimdLoops simd_loops() {
  return {CAIRN_TEXT(CAIRN_SIMD), kWidth, multiply, add_products, compress, permute,
          transpose_square};
}

}  // namespace cairn::CAIRN_SIMD
