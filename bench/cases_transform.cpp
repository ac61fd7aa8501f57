// Transforms: low-degree extension, and the plain passes both ways.
#include <cmath>

#include "bench/kernel_case.hpp"
#include "kernels/extend.hpp"
#include "kernels/ntt.hpp"
#include "tests/support/naive.hpp"

namespace cairn::bench {
namespace {

uint64_t bit_reversed(uint64_t i, uint32_t bits) {
  uint64_t reversed = 0;
  for (uint32_t b = 0; b < bits; ++b) reversed |= (i >> b & 1) << (bits - 1 - b);
  return reversed;
}

/// The value at x, no point of H, of the polynomial with these values on H: by Lagrange.
KoalaBear interpolate_at(const KoalaBear* values, uint32_t log_height, KoalaBear x) {
  const uint64_t height = uint64_t{1} << log_height;
  const KoalaBear w = KoalaBear::root_of_unity(static_cast<int>(log_height));
  KoalaBear point(1), sum(0);
  for (uint64_t i = 0; i < height; ++i, point *= w) {
    sum += values[i] * point * (x - point).inverse();
  }
  return (x.power(height) - KoalaBear(1)) * KoalaBear(static_cast<int64_t>(height)).inverse() * sum;
}

bool extend(const Setting& s, KernelCase& made) {
  const uint64_t cells = s.rows() * s.columns;
  const auto values = std::make_shared<std::vector<KoalaBear>>(some_elements(cells));
  const SharedBlock trace = block_of(s.backend, s.columns, s.rows(), *values);
  const auto extended = std::make_shared<ColumnBlock>(s.backend, s.columns, 2 * s.rows());
  Backend& backend = s.backend;
  const uint32_t log_height = s.log_height, columns = s.columns;
  made.name = "extend";
  made.unit = "cells";
  made.units = static_cast<double>(cells);
  made.work.bytes = 12.0 * made.units;
  // N/2 butterflies a stage, three transforms; two scalings.
  made.work.multiplications = made.units * (1.5 * log_height + 2);
  made.run = [=, &backend] {
    low_degree_extend(backend, {trace->column(0), trace->stride(), extended->column(0),
                                extended->stride(), log_height, columns});
  };
  made.check = [=, run = made.run] {
    run();
    const std::vector<KoalaBear> result = extended->values.to_host();
    const uint64_t height = uint64_t{1} << log_height;
    for (const uint64_t p : {uint64_t{0}, height + 3, 2 * height - 1}) {
      const uint64_t column = p % columns;
      const KoalaBear expected = interpolate_at(values->data() + column * height, log_height,
                                                naive::domain_point(log_height, p));
      if (!(result[column * extended->stride() + p] == expected)) return false;
    }
    return true;
  };
  return true;
}

bool transform(const Setting& s, KernelCase& made, NttTask::Direction direction) {
  const uint64_t cells = s.rows() * s.columns;
  const auto values = std::make_shared<std::vector<KoalaBear>>(some_elements(cells, 2));
  const auto data = share(Buffer<KoalaBear>::from_host(s.backend, *values));
  Backend& backend = s.backend;
  const uint64_t height = s.rows();
  const NttTask task{direction, data->data(), s.log_height, s.columns, height};
  const bool forward = direction == NttTask::Direction::kEvaluate;
  made.name = forward ? "ntt" : "inverse ntt";
  made.unit = "cells";
  made.units = static_cast<double>(cells);
  made.work.bytes = 8.0 * made.units;
  made.work.multiplications = made.units * 0.5 * s.log_height;
  made.run = [=, &backend] {
    (void)data;
    backend.transform(task);
  };
  made.check = [=, &backend, run = made.run] {
    backend.copy_in(data->data(), values->data(), values->size() * sizeof(KoalaBear));
    run();
    const std::vector<KoalaBear> result = data->to_host();
    const KoalaBear w = KoalaBear::root_of_unity(static_cast<int>(task.log_size));
    for (const uint64_t k : {uint64_t{0}, uint64_t{1}, height - 2}) {
      const KoalaBear* column = values->data() + k % task.columns * height;
      const KoalaBear* out = result.data() + k % task.columns * height;
      // Evaluated: sum_j c_j w^(k j), coefficient j at its reversed place. Interpolated: N times
      // coefficient k, sum_j f_j w^(-k j).
      const KoalaBear x = forward ? w.power(k) : w.power(height - k);
      KoalaBear power(1), sum(0);
      for (uint64_t j = 0; j < height; ++j, power *= x) {
        sum += column[forward ? bit_reversed(j, task.log_size) : j] * power;
      }
      if (!(out[forward ? k : bit_reversed(k, task.log_size)] == sum)) return false;
    }
    return true;
  };
  return true;
}

bool evaluate(const Setting& s, KernelCase& made) {
  return transform(s, made, NttTask::Direction::kEvaluate);
}
bool interpolate(const Setting& s, KernelCase& made) {
  return transform(s, made, NttTask::Direction::kInterpolate);
}

}  // namespace

std::vector<MakeCase> transform_cases() { return {extend, evaluate, interpolate}; }

}  // namespace cairn::bench
