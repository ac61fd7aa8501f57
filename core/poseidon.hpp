// Poseidon over KoalaBear: width 16, S-box x^3, 8 full and 20 partial rounds, written over the lane
// type V (KoalaBear or PackedKoalaBear: one permutation a lane).
//
// permute_plain is the definition and stays as the oracle; permute is what everything calls. Modes
// of use are Plonky3's: a padding-free overwrite sponge of rate 8, and the permutation truncated to
// 8 lanes.
#pragma once

#include <cstdint>

#include "core/device.hpp"
#include "core/koala_bear.hpp"
#include "core/poseidon_constants.hpp"

namespace cairn::poseidon {

/// Montgomery forms of the round constants, in a place that a device can read.
HOST_DEVICE KoalaBear round_constant(int round, int i) {
  static constexpr RoundConstants kConstants = round_constants();
  return KoalaBear::from_montgomery(kConstants.value[round][i].montgomery());
}

HOST_DEVICE KoalaBear matrix_entry(int i, int j) {
  static constexpr MatrixRow kRow = matrix_row();
  return KoalaBear::from_montgomery(kRow.value[(j - i) & (kWidth - 1)].montgomery());
}

template <class V>
HOST_DEVICE V cube(V x) {
  return x * x * x;
}

/// The permutation as the paper writes it: constants, S-boxes, matrix, 28 times.
template <class V>
HOST_DEVICE void permute_plain(V (&state)[kWidth]) {
  for (int round = 0; round < kRounds; ++round) {
    const bool full = round < kFullRounds / 2 || round >= kFullRounds / 2 + kPartialRounds;
    V after[kWidth];
    for (int i = 0; i < kWidth; ++i) {
      after[i] = state[i] + V(round_constant(round, i));
      if (full || i == 0) after[i] = cube(after[i]);
    }
    for (int i = 0; i < kWidth; ++i) {
      V sum = after[i];  // the diagonal is one
      for (int j = 0; j < kWidth; ++j) {
        if (j != i) sum = sum + after[j] * V(matrix_entry(i, j));
      }
      state[i] = sum;
    }
  }
}

template <class V>
HOST_DEVICE void permute(V (&state)[kWidth]) {
  permute_plain(state);
}

}  // namespace cairn::poseidon

namespace cairn {

/// Digest of `count` elements, element i being source(i).
template <class V, class Source>
HOST_DEVICE void poseidon_sponge(Source&& source, uint32_t count, V (&out)[poseidon::kRate]) {
  V state[poseidon::kWidth];
  for (int i = 0; i < poseidon::kWidth; ++i) state[i] = V(KoalaBear(0));
  for (uint32_t begin = 0; begin < count; begin += poseidon::kRate) {
    const uint32_t left = count - begin;
    for (uint32_t i = 0; i < poseidon::kRate; ++i) {
      if (i < left) state[i] = source(begin + i);
    }
    poseidon::permute(state);
  }
  for (int i = 0; i < poseidon::kRate; ++i) out[i] = state[i];
}

/// Digest of a Merkle node from those of its children.
template <class V>
HOST_DEVICE void poseidon_pair(const V (&left)[poseidon::kRate], const V (&right)[poseidon::kRate],
                               V (&out)[poseidon::kRate]) {
  V state[poseidon::kWidth];
  for (int i = 0; i < poseidon::kRate; ++i) {
    state[i] = left[i];
    state[poseidon::kRate + i] = right[i];
  }
  poseidon::permute(state);
  for (int i = 0; i < poseidon::kRate; ++i) out[i] = state[i];
}

}  // namespace cairn
