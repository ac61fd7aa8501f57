// Picks rows out of matrices.
#pragma once

#include "kernels/matrix.hpp"

namespace cairn {

/// Writes the concatenated rows of matrices of one height, at chosen places, one after another.
struct Gather {
  MatrixList matrices;
  uint32_t width;          // of all matrices together
  const uint32_t* places;  // c 2^log_height + i
  KoalaBear* out;
  uint64_t count;  // places * width

  template <class V>
  HOST_DEVICE void operator()(uint64_t i) const {
    for (int lane = 0; lane < kLaneCount<V>; ++lane) out[i + lane] = pick(i + lane);
  }

 private:
  HOST_DEVICE KoalaBear pick(uint64_t i) const {
    const uint32_t place = places[i / width];
    uint64_t element = i % width;
    const Matrix* matrix = matrices.item;
    for (; element >= matrix->width(); ++matrix) element -= matrix->width();
    const uint64_t half = place >> matrix->log_height;
    const uint64_t row = place & ((uint32_t{1} << matrix->log_height) - 1);
    return matrix->element(element)[half * matrix->half_stride + row];
  }
};

/// Picks eight-word digests out of eight columns of words, `stride` apart; written `count` apart.
struct GatherWords {
  const uint32_t* columns;
  uint64_t stride;
  const uint32_t* places;
  uint32_t* out;
  uint64_t count;

  template <class V>
  HOST_DEVICE void operator()(uint64_t i) const {
    for (int lane = 0; lane < kLaneCount<V>; ++lane) {
      for (int w = 0; w < 8; ++w) {
        out[w * count + i + lane] = columns[w * stride + places[i + lane]];
      }
    }
  }
};

}  // namespace cairn
