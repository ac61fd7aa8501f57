// Starknet's Poseidon: the Hades permutation over the Cairo field, width 3, x^3, 4 full, 83 partial
// and 4 full rounds. (The one over KoalaBear, with which proofs are hashed, is core/poseidon.hpp.)
#pragma once

#include "core/felt252.hpp"

namespace cairn {

inline constexpr int kHadesWidth = 3;
inline constexpr int kHadesFullRounds = 8;  // half of them before the partial ones
inline constexpr int kHadesPartialRounds = 83;
inline constexpr int kHadesRounds = kHadesFullRounds + kHadesPartialRounds;

constexpr bool is_full_hades_round(int round) {
  return round < kHadesFullRounds / 2 || round >= kHadesRounds - kHadesFullRounds / 2;
}

/// What round `round` adds to element i of the state before its cubes: SHA-256 of "Hades" and the
/// number 3 round + i in decimal digits.
const Felt252& hades_key(int round, int i);

/// The matrix of a round, [[3, 1, 1], [1, -1, 1], [1, 1, -2]], times the state.
constexpr void hades_mix(Felt252 (&state)[kHadesWidth]) {
  const Felt252 sum = state[0] + state[1] + state[2];
  const Felt252 twice1 = state[1] + state[1];
  const Felt252 thrice2 = state[2] + state[2] + state[2];
  state[0] = sum + state[0] + state[0];
  state[1] = sum - twice1;
  state[2] = sum - thrice2;
}

/// The permutation, of any integers below 2^256; the results are below P.
void poseidon252(Felt (&state)[kHadesWidth]);

}  // namespace cairn
