// Values of committed columns at a point z outside their domain, without their coefficients.
//
// On half 0 of the evaluation domain, x_i = g w^i, a polynomial of degree below N has
//   f(z) = sum_i f(x_i) weight_i,   weight_i = ((z / g)^N - 1) / N * x_i / (z - x_i).
// The weights of a (height, z) serve every column of that height.
#pragma once

#include <cstdint>
#include <vector>

#include "core/device.hpp"
#include "core/lanes.hpp"
#include "core/wide_sum.hpp"
#include "kernels/pole.hpp"
#include "kernels/row_block.hpp"

namespace cairn {

class Backend;

struct BarycentricWeights {
  const KoalaBear* points;
  const KoalaBear* inverse_norms;
  Pole pole;  // its adjoint scaled by (1 - (z / g)^N) / N
  KoalaBear* out;
  uint64_t stride;
  uint64_t count;

  template <class V>
  HOST_DEVICE void operator()(uint64_t i) const {
    const V x = load_lanes<V>(points + i);
    const V scale = x * load_lanes<V>(inverse_norms + i);
    store_quintic(out + i, stride, pole.adjoint_at(x, scale));
  }
};

/// sums[k][e][position] = sum over the position's rows of column k times coordinate e of the
/// weights.
struct WeightedSums {
  const KoalaBear* columns;
  uint64_t stride;
  const KoalaBear* weights;
  uint64_t weights_stride;
  KoalaBear* sums;
  uint64_t positions;       // rows / rows_per_index, a power of two and a multiple of kBlockLanes
  uint32_t rows_per_index;  // even
  uint64_t count;           // columns * positions

  template <class V>
  HOST_DEVICE void operator()(uint64_t i) const {
    using Sum = WideSum<V>;
    const uint64_t column = i / positions;
    const uint64_t position = i % positions;
    const uint64_t row = first_row(position, rows_per_index);
    const KoalaBear* values = columns + column * stride + row;
    const KoalaBear* weight = weights + row;
    Sum sum[kExtensionDegree];
    for (uint32_t j = 0; j < rows_per_index; j += 2, values += 2 * kBlockLanes) {
      const auto first = Sum::factor(load_lanes<V>(values));
      const auto second = Sum::factor(load_lanes<V>(values + kBlockLanes));
      for (int e = 0; e < kExtensionDegree; ++e) {
        const KoalaBear* w = weight + e * weights_stride;
        sum[e].add(first, Sum::factor(load_lanes<V>(w)), second,
                   Sum::factor(load_lanes<V>(w + kBlockLanes)));
      }
      weight += 2 * kBlockLanes;
    }
    KoalaBear* out = sums + column * kExtensionDegree * positions + position;
    for (int e = 0; e < kExtensionDegree; ++e) store_lanes(out + e * positions, sum[e].reduced());
  }
};

/// out[column][position] = sum over the position's rows (row_block.hpp) of in[column].
struct SumRows {
  const KoalaBear* in;
  uint32_t rows_per_index;
  KoalaBear* out;
  uint64_t positions;  // rows / rows_per_index, a power of two and a multiple of kBlockLanes
  uint64_t count;      // columns * positions

  template <class V>
  HOST_DEVICE void operator()(uint64_t i) const {
    const uint64_t column = i / positions;
    const KoalaBear* row =
        in + column * positions * rows_per_index + first_row(i % positions, rows_per_index);
    V sum = load_lanes<V>(row);
    for (uint32_t j = 1; j < rows_per_index; ++j) sum += load_lanes<V>(row + j * kBlockLanes);
    store_lanes(out + i, sum);
  }
};

/// Writes the weights for z to an extension column of 2^log_height rows, `stride` apart. `points`
/// are those of the evaluation domain, of which half 0 is read; z is none of them.
void fill_barycentric_weights(Backend& backend, uint32_t log_height, const KoalaBear* points,
                              const KoalaBear5& z, KoalaBear* weights, uint64_t stride);

/// The values at z of `column_count` base columns, `stride` elements apart, which hold at least
/// half 0 of the evaluation domain of 2^log_height >= 32 rows.
std::vector<KoalaBear5> evaluate_columns(Backend& backend, const KoalaBear* columns,
                                         uint64_t stride, uint32_t column_count,
                                         uint32_t log_height, const KoalaBear* weights,
                                         uint64_t weights_stride);

}  // namespace cairn
