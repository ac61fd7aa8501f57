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
#include "core/lanes.hpp"
#include "core/poseidon_arithmetic.hpp"
#include "core/poseidon_constants.hpp"
#include "core/poseidon_simd.hpp"
#include "core/poseidon_tables.hpp"

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

HOST_DEVICE void full_rounds(KoalaBear (&state)[kWidth], int first) {
  for (int round = first; round < first + kFullRounds / 2; ++round) {
    CAIRN_UNROLL
    for (int i = 0; i < kWidth; ++i) state[i] = cube(state[i] + round_constant(round, i));
    apply_matrix(state);
  }
}

/// Adds the products of lanes 1..15 with row[1..15].
HOST_DEVICE void add_lanes(Dot& sum, const Dot::Factor (&lanes)[kWidth],
                           const uint32_t (&row)[kWidth]) {
  CAIRN_UNROLL
  for (int j = 1; j + 1 < kWidth; j += 2) sum.add(lanes[j], row[j], lanes[j + 1], row[j + 1]);
  sum.add(lanes[kWidth - 1], row[kWidth - 1]);
}

/// Adds the products of the first `count` S-box outputs with kick[count - 1 - j][lane].
HOST_DEVICE void add_kicks(Dot& sum, const Dot::Factor (&outputs)[kPartialRounds], int count,
                           int lane) {
  const PartialTables& tables = partial_tables();
  int j = 0;
  CAIRN_UNROLL
  for (; j + 1 < count; j += 2) {
    sum.add(outputs[j], tables.kick[count - 1 - j][lane], outputs[j + 1],
            tables.kick[count - 2 - j][lane]);
  }
  if (j < count) sum.add(outputs[j], tables.kick[count - 1 - j][lane]);
}

/// All partial rounds, by the linear map of core/poseidon_tables.hpp.
HOST_DEVICE void partial_rounds(KoalaBear (&state)[kWidth]) {
  const PartialTables& tables = partial_tables();
  Dot::Factor lanes[kWidth], outputs[kPartialRounds];
  CAIRN_UNROLL
  for (int i = 1; i < kWidth; ++i) lanes[i] = Dot::factor(state[i]);
  CAIRN_UNROLL
  for (int k = 0; k < kPartialRounds; ++k) {
    KoalaBear input = state[0];  // row 0 of N^0 picks lane 0; those of later powers do not see it
    if (k > 0) {
      Dot sum;
      add_lanes(sum, lanes, tables.row[k]);
      add_kicks(sum, outputs, k, 0);
      input = sum.reduced();
    }
    outputs[k] = Dot::factor(cube(input + KoalaBear::from_montgomery(tables.offset[k])));
  }
  CAIRN_UNROLL
  for (int i = 0; i < kWidth; ++i) {
    Dot sum;
    add_lanes(sum, lanes, tables.last_row[i]);
    add_kicks(sum, outputs, kPartialRounds, i);
    state[i] = sum.reduced() + KoalaBear::from_montgomery(tables.last_offset[i]);
  }
}

/// The permutation, fast: the same map as permute_plain.
HOST_DEVICE void permute(KoalaBear (&state)[kWidth]) {
  full_rounds(state, 0);
  partial_rounds(state);
  full_rounds(state, kFullRounds / 2 + kPartialRounds);
}

/// The same for a permutation a lane.
template <class V>
HOST_DEVICE void permute(V (&state)[kWidth]) {
  alignas(64) KoalaBear lanes[kWidth * kLaneCount<V>];
  for (int i = 0; i < kWidth; ++i) store_lanes(lanes + i * kLaneCount<V>, state[i]);
  if constexpr (kLaneCount<V> == 1) {
    permute(lanes);  // the one above: an array of kWidth
  } else {
#if defined(CAIRN_SIMD_AVX512)
    has_avx512_sums() ? permute_avx512_sums(lanes) : permute_avx512(lanes);
#elif defined(CAIRN_SIMD_AVX2)
    permute_avx2(lanes);
#endif
  }
  for (int i = 0; i < kWidth; ++i) state[i] = load_lanes<V>(lanes + i * kLaneCount<V>);
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

#undef CAIRN_UNROLL
