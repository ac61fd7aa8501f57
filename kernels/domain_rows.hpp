// Reads of the row before or after a point of the evaluation domain: the same half, index i -+ 1
// mod N.
#pragma once

#include <cstdint>

#include "core/device.hpp"
#include "core/lanes.hpp"

namespace cairn {

/// Lanes of `column` (2 N values, coset-major) at the rows `step` (1 or -1) after those of position
/// `p`.
template <class V>
HOST_DEVICE V load_neighbour(const KoalaBear* column, uint64_t p, uint64_t height, int step) {
  constexpr uint64_t kLanes = kLaneCount<V>;
  const uint64_t mask = height - 1;
  const uint64_t i = p & mask;
  const uint64_t first = (i + static_cast<uint64_t>(step)) & mask;
  const KoalaBear* half = column + (p - i);
  if (first + kLanes <= height) return load_lanes<V>(half + first);
  KoalaBear wrapped[kLanes];
  for (uint64_t lane = 0; lane < kLanes; ++lane) wrapped[lane] = half[(first + lane) & mask];
  return load_lanes<V>(wrapped);
}

}  // namespace cairn
