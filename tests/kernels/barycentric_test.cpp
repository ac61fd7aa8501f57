#include "kernels/barycentric.hpp"

#include "backends.hpp"
#include "kernels/points.hpp"
#include "tests/support/naive.hpp"
#include "tests/support/random.hpp"

namespace cairn::test {
namespace {

class Barycentric : public BackendTest {};

TEST_P(Barycentric, EvaluatesColumnsOutsideTheirDomain) {
  Random random(7);
  for (uint32_t log_height = 6; log_height <= 9; ++log_height) {
    const uint64_t height = uint64_t{1} << log_height;
    for (const uint32_t column_count : {0u, 1u, 2u, 5u}) {
      const uint64_t stride = 2 * height + 16;
      std::vector<std::vector<KoalaBear>> coefficients(column_count);
      std::vector<KoalaBear> columns = random.koala_bears(column_count * stride);
      for (uint32_t k = 0; k < column_count; ++k) {
        coefficients[k] = random.koala_bears(height);
        for (uint64_t i = 0; i < height; ++i) {
          columns[k * stride + i] =
              naive::evaluate(coefficients[k], naive::domain_point(log_height, i));
        }
      }
      const KoalaBear5 z = random.koala_bear5();
      Buffer<KoalaBear> points(backend(), 2 * height);
      Buffer<KoalaBear> weights(backend(), kExtensionDegree * height);
      Buffer<KoalaBear> values = upload(columns);
      fill_domain_points(backend(), log_height, points.data());

      fill_barycentric_weights(backend(), log_height, points.data(), z, weights.data(), height);
      const auto result = evaluate_columns(backend(), values.data(), stride, column_count,
                                           log_height, weights.data(), height);

      ASSERT_EQ(result.size(), column_count);
      for (uint32_t k = 0; k < column_count; ++k) {
        ASSERT_EQ(result[k], naive::evaluate_at(coefficients[k], z))
            << "log_height " << log_height << " column " << k;
      }
    }
  }
}

/// Heights that take every number of levels of partial sums.
TEST_P(Barycentric, SumsRowsByTheirWeights) {
  for (const uint32_t log_height : {5u, 6u, 10u, 11u, 12u, 16u, 17u}) {
    const uint64_t height = uint64_t{1} << log_height;
    const uint32_t column_count = 3;
    // The largest elements, which strain the wide sums most, and any.
    std::vector<KoalaBear> columns(column_count * height,
                                   KoalaBear::from_montgomery(KoalaBear::kModulus - 1));
    std::vector<KoalaBear> weights(kExtensionDegree * height, columns[0]);
    Random random(log_height);
    for (uint64_t i = height; i < columns.size(); ++i) columns[i] = random.koala_bear();
    for (uint64_t i = 2 * height; i < weights.size(); ++i) weights[i] = random.koala_bear();
    Buffer<KoalaBear> values = upload(columns), w = upload(weights);

    const auto result = evaluate_columns(backend(), values.data(), height, column_count, log_height,
                                         w.data(), height);

    for (uint32_t k = 0; k < column_count; ++k) {
      KoalaBear5 expected(0);
      for (uint64_t i = 0; i < height; ++i) {
        expected += columns[k * height + i] * naive::extension_at(weights, height, i);
      }
      ASSERT_EQ(result[k], expected) << "log_height " << log_height << " column " << k;
    }
  }
}

/// The largest Montgomery forms in every factor of the five-term sums.
TEST_P(Barycentric, WeightsHoldForTheLargestElements) {
  const KoalaBear largest = KoalaBear::from_montgomery(KoalaBear::kModulus - 1);
  const uint64_t count = 37;
  Pole pole{};
  for (KoalaBear5& x : pole.adjoint) x = {largest, largest, largest, largest, largest};
  Buffer<KoalaBear> ones = upload(std::vector<KoalaBear>(count, KoalaBear(1)));
  Buffer<KoalaBear> scales = upload(std::vector<KoalaBear>(count, largest));
  Buffer<KoalaBear> out(backend(), kExtensionDegree * count);

  backend().run(BarycentricWeights{ones.data(), scales.data(), pole, out.data(), count, count});

  for (const KoalaBear x : out.to_host()) ASSERT_EQ(x, KoalaBear(5) * largest * largest);
}

CAIRN_ON_EVERY_BACKEND(Barycentric);

}  // namespace
}  // namespace cairn::test
