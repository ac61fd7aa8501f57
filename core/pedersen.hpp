// Starknet's Pedersen hash: the x coordinate of P0 + a_low P1 + a_high P2 + b_low P3 + b_high P4 on
// the STARK curve y^2 = x^3 + x + beta, where low is 248 bits and high the rest.
#pragma once

#include "core/felt.hpp"

namespace cairn {

/// Pedersen hash of two integers below the Cairo prime. About 33 us; the first call builds tables
/// (1 MiB, some ms). Thread-safe.
Felt pedersen(const Felt& a, const Felt& b);

}  // namespace cairn
