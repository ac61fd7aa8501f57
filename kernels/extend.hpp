// Low-degree extension: columns of values on H to values on twice as many points, off H.
#pragma once

#include <cstdint>

#include "kernels/backend.hpp"

namespace cairn {

/// Columns of N = 2^log_height values, trace_stride apart, row i being the value at input_shift *
/// w^i, w = w_N. Their polynomials' values on the evaluation domain go to `extended`, columns of
/// 2 N, extended_stride apart, coset-major: place c N + i holds the value at g v^(2 i + c), v^2 =
/// w, g the field's generator.
struct ExtendTask {
  const KoalaBear* trace;
  uint64_t trace_stride;
  KoalaBear* extended;
  uint64_t extended_stride;
  uint32_t log_height;
  uint32_t columns;
  KoalaBear input_shift = 1;
};

/// The shift of half c over that of the input, g v^c / input_shift: the coefficient of x^k is
/// scaled by its k-th power.
inline KoalaBear half_shift_ratio(const ExtendTask& task, uint32_t half) {
  return KoalaBear::generator() *
         KoalaBear::root_of_unity(static_cast<int>(task.log_height) + 1).power(half) *
         task.input_shift.inverse();
}

/// Runs the task in the best way that the backend has.
void low_degree_extend(Backend& backend, const ExtendTask& task);

/// The definition: interpolate, scale and evaluate for each half, by plain passes.
void extend_by_passes(Backend& backend, const ExtendTask& task);

}  // namespace cairn
