// What the sources of core/poseidon_simd.hpp have in common.
#pragma once

#include "core/poseidon_lanes.hpp"
#include "core/poseidon_words.hpp"

namespace cairn::poseidon {

template <class W>
HOST_DEVICE void permute_words(KoalaBear* state) {
  constexpr uint64_t kLanes = sizeof(typename W::Vector) / sizeof(KoalaBear);
  typename W::Vector words[kWidth];
  for (uint64_t i = 0; i < kWidth; ++i) words[i] = W::load(state + i * kLanes);
  LanePermutation<W> permutation(hidden(kLaneTables));
  permutation(words);
  for (uint64_t i = 0; i < kWidth; ++i) W::store(state + i * kLanes, words[i]);
}

}  // namespace cairn::poseidon
