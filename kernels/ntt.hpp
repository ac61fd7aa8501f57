// Number-theoretic transforms of columns, without reorder passes.
#pragma once

#include <cstdint>

#include "core/koala_bear.hpp"

namespace cairn {

/// One transform, the same for `columns` columns of 2^log_size elements, `stride` elements apart,
/// in place.
struct NttTask {
  /// kInterpolate: values at 1, w, w^2, ... in natural order -> coefficients in bit-reversed order,
  /// times N (decimation in frequency with inverse roots; the factor 1/N is left to the scaling
  /// that follows). kEvaluate: coefficients in bit-reversed order -> values in natural order
  /// (decimation in time).
  enum class Direction : uint8_t { kInterpolate, kEvaluate } direction;
  KoalaBear* data;
  uint32_t log_size;
  uint32_t columns;
  uint64_t stride;
};

}  // namespace cairn
