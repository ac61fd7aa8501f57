// Rows that one index of a kernel works through when it has several: kept close together in memory,
// and side by side for neighbouring indices.
//
// Indices go in groups of kBlockLanes. With k rows an index, group b has the rows [b k L, (b + 1) k
// L), L = kBlockLanes, and its member l has b k L + j L + l, j < k. So a vector of lanes loads
// neighbours, as do the threads of a warp, and a group stays within a few pages of each column.
#pragma once

#include <cstdint>

#include "core/device.hpp"

namespace cairn {

/// At least the lanes of any vector; a power of two.
inline constexpr uint64_t kBlockLanes = 16;

/// Row number 0 of `index`; its others follow at steps of kBlockLanes.
HOST_DEVICE uint64_t first_row(uint64_t index, uint64_t rows_per_index) {
  return index / kBlockLanes * (kBlockLanes * rows_per_index) + index % kBlockLanes;
}

}  // namespace cairn
