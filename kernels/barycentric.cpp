#include "kernels/barycentric.hpp"

#include <algorithm>

#include "core/error.hpp"
#include "kernels/backend.hpp"
#include "kernels/buffer.hpp"

namespace cairn {

namespace {

constexpr uint64_t kMaxRowsPerIndex = 64;

}  // namespace

void fill_barycentric_weights(Backend& backend, uint32_t log_height, const KoalaBear* points,
                              const KoalaBear5& z, KoalaBear* weights, uint64_t stride) {
  const uint64_t height = uint64_t{1} << log_height;
  const KoalaBear5 unshifted = KoalaBear::generator().inverse() * z;
  const KoalaBear share = KoalaBear(static_cast<int64_t>(height)).inverse();
  const KoalaBear5 factor = share * (KoalaBear5(1) - unshifted.power(height));
  Buffer<KoalaBear> inverses(backend, height);
  invert_norms(backend, points, z, height, inverses.data());
  backend.run(
      BarycentricWeights{points, inverses.data(), make_pole(z, factor), weights, stride, height});
}

std::vector<KoalaBear5> evaluate_columns(Backend& backend, const KoalaBear* columns,
                                         uint64_t stride, uint32_t column_count,
                                         uint32_t log_height, const KoalaBear* weights,
                                         uint64_t weights_stride) {
  const uint64_t height = uint64_t{1} << log_height;
  check(height >= 2 * kBlockLanes, "a column to evaluate has at least 32 rows");
  if (column_count == 0) return {};
  const auto rows_per_index =
      static_cast<uint32_t>(std::min(kMaxRowsPerIndex, height / kBlockLanes));
  uint64_t positions = height / rows_per_index;
  const uint64_t sums_count = uint64_t{column_count} * kExtensionDegree;
  Buffer<KoalaBear> sums(backend, sums_count * positions);
  backend.run(WeightedSums{columns, stride, weights, weights_stride, sums.data(), positions,
                           rows_per_index, column_count * positions});
  while (positions > kBlockLanes) {
    const auto step = static_cast<uint32_t>(std::min(kMaxRowsPerIndex, positions / kBlockLanes));
    positions /= step;
    Buffer<KoalaBear> fewer(backend, sums_count * positions);
    backend.run(SumRows{sums.data(), step, fewer.data(), positions, sums_count * positions});
    sums = std::move(fewer);
  }

  const std::vector<KoalaBear> last = sums.to_host();
  std::vector<KoalaBear5> result(column_count);
  for (uint64_t i = 0; i < sums_count; ++i) {
    KoalaBear sum(0);
    for (uint64_t lane = 0; lane < positions; ++lane) sum += last[i * positions + lane];
    result[i / kExtensionDegree].c[i % kExtensionDegree] = sum;
  }
  return result;
}

}  // namespace cairn
