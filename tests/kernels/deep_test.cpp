#include "kernels/deep.hpp"

#include "backends.hpp"
#include "kernels/points.hpp"
#include "tests/support/naive.hpp"
#include "tests/support/random.hpp"

namespace cairn::test {
namespace {

class Deep : public BackendTest {};

TEST_P(Deep, AddsUpColumnsByTheirCoefficients) {
  Random random(11);
  for (const uint64_t points : {1u, 15u, 16u, 17u, 128u, 500u, 4096u, 4113u}) {
    for (const uint32_t column_count : {0u, 1u, 2u, 3u, 16u, 17u, 40u}) {
      const uint64_t stride = points + 7, out_stride = points + 3;
      std::vector<KoalaBear> columns = random.koala_bears(column_count * stride);
      std::vector<KoalaBear5> coefficients;
      for (uint32_t k = 0; k < column_count; ++k) coefficients.push_back(random.koala_bear5());
      const KoalaBear largest = KoalaBear::from_montgomery(KoalaBear::kModulus - 1);
      if (column_count == 40) {
        std::fill(columns.begin(), columns.end(), largest);
        std::fill(coefficients.begin(), coefficients.end(),
                  KoalaBear5(largest, largest, largest, largest, largest));
      }
      const auto before = random.koala_bears(kExtensionDegree * out_stride);
      Buffer<KoalaBear> in = upload(columns), out = upload(before);
      Buffer<KoalaBear5> factors = upload(coefficients);

      accumulate_columns(backend(), in.data(), stride, column_count, factors.data(), out.data(),
                         out_stride, points);

      const auto result = out.to_host();
      for (uint64_t p = 0; p < points; ++p) {
        KoalaBear5 expected = naive::extension_at(before, out_stride, p);
        for (uint32_t k = 0; k < column_count; ++k) {
          expected += columns[k * stride + p] * coefficients[k];
        }
        ASSERT_EQ(naive::extension_at(result, out_stride, p), expected)
            << points << " points, " << column_count << " columns, place " << p;
      }
      for (uint64_t p = points; p < out_stride; ++p) ASSERT_EQ(result[p], before[p]);
    }
  }
}

TEST_P(Deep, DividesByBothPoles) {
  Random random(12);
  for (uint32_t log_height = 6; log_height <= 10; ++log_height) {
    const uint64_t count = uint64_t{2} << log_height;
    const KoalaBear root = KoalaBear::root_of_unity(static_cast<int>(log_height));
    for (const bool has_next : {false, true}) {
      const auto a = random.koala_bears(kExtensionDegree * count);
      const auto b = random.koala_bears(kExtensionDegree * count);
      const KoalaBear5 z = random.koala_bear5(), a_z = random.koala_bear5(),
                       b_wz = random.koala_bear5();
      Buffer<KoalaBear> here = upload(a), next = upload(b), points(backend(), count);
      fill_domain_points(backend(), log_height, points.data());

      for (uint64_t half = 0; half < count; half += count / 2) {
        divide_by_poles(
            backend(), log_height, points.data() + half, z,
            {here.data() + half, a_z, has_next ? next.data() + half : nullptr, b_wz, count, count},
            here.data() + half);
      }

      const auto result = here.to_host();
      for (uint64_t p = 0; p < count; ++p) {
        const KoalaBear5 x(naive::domain_point(log_height, p));
        KoalaBear5 expected = (naive::extension_at(a, count, p) - a_z) * (x - z).inverse();
        if (has_next) {
          expected += (naive::extension_at(b, count, p) - b_wz) * (x - root * z).inverse();
        }
        ASSERT_EQ(naive::extension_at(result, count, p), expected)
            << "log_height " << log_height << " place " << p;
      }
    }
  }
}

CAIRN_ON_EVERY_BACKEND(Deep);

}  // namespace
}  // namespace cairn::test
