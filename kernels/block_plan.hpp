// Splits any number of rows into launches of whole blocks (row_block.hpp); host only.
#pragma once

#include <cstdint>

#include "kernels/row_block.hpp"

namespace cairn {

/// Calls run(begin, rows_per_index, count) until [0, rows) is covered: blocks of kBlockLanes *
/// max_per_index rows as long as they fit, then smaller ones, the last rows one an index.
template <class Run>
void for_each_block_run(uint64_t rows, uint32_t max_per_index, Run&& run) {
  uint64_t begin = 0;
  for (uint32_t per_index = max_per_index; begin < rows; per_index /= 2) {
    const uint64_t left = rows - begin;
    const uint64_t count = per_index == 1 ? left : left / (kBlockLanes * per_index) * kBlockLanes;
    if (count == 0) continue;
    run(begin, per_index, count);
    begin += count * per_index;
  }
}

}  // namespace cairn
