// A matrix of field elements of one height, as Merkle trees read its rows.
#pragma once

#include "core/lanes.hpp"

namespace cairn {

/// Row i of half c (2^log_height rows a half): outer_count groups of inner_count elements, element
/// (j, e) at data + j outer_stride + e inner_stride + c half_stride + i. In a row, j is major.
struct Matrix {
  const KoalaBear* data;
  uint32_t log_height;
  uint32_t outer_count;
  uint32_t inner_count;
  uint64_t outer_stride;
  uint64_t inner_stride;
  uint64_t half_stride;

  HOST_DEVICE uint64_t width() const { return uint64_t{outer_count} * inner_count; }
  HOST_DEVICE const KoalaBear* element(uint64_t index) const {
    return data + index / inner_count * outer_stride + index % inner_count * inner_stride;
  }
};

/// Matrices that one kernel can read.
inline constexpr uint32_t kMaxMatrices = 32;

/// Matrices in the order in which a tree takes them in, tallest first.
struct MatrixList {
  Matrix item[kMaxMatrices + 1];  // the last is never one: readers look one ahead
  uint32_t count;
};

}  // namespace cairn
