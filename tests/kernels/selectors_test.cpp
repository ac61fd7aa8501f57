#include "kernels/selectors.hpp"

#include "backends.hpp"
#include "kernels/points.hpp"
#include "kernels/quotient.hpp"
#include "tests/support/naive.hpp"
#include "tests/support/random.hpp"

namespace cairn::test {
namespace {

class Selectors : public BackendTest {};

TEST_P(Selectors, AreTheLagrangePolynomials) {
  for (uint32_t log_height = 6; log_height <= 10; ++log_height) {
    const uint64_t height = uint64_t{1} << log_height;
    Buffer<KoalaBear> points(backend(), 2 * height), first(backend(), 2 * height),
        last(backend(), 2 * height), except(backend(), 2 * height);
    fill_domain_points(backend(), log_height, points.data());

    fill_selectors(backend(), log_height, points.data(),
                   {first.data(), last.data(), except.data()});

    const auto is_first = first.to_host(), is_last = last.to_host(), except_last = except.to_host();
    const KoalaBear last_point = KoalaBear::root_of_unity(static_cast<int>(log_height)).inverse();
    const KoalaBear n(static_cast<int64_t>(height));
    for (uint64_t p = 0; p < 2 * height; ++p) {
      const KoalaBear x = naive::domain_point(log_height, p);
      const KoalaBear vanishing = x.power(height) - 1;
      ASSERT_EQ(is_first[p] * n * (x - 1), vanishing);
      ASSERT_EQ(is_last[p] * n * (x - last_point), last_point * vanishing);
      ASSERT_EQ(except_last[p], x - last_point);
    }
  }
}

TEST_P(Selectors, QuotientIsDividedByTheVanishingPolynomial) {
  for (uint32_t log_height = 6; log_height <= 8; ++log_height) {
    const uint64_t points = uint64_t{2} << log_height;
    const uint64_t stride = points + 16;
    const auto values = Random(log_height).koala_bears(kExtensionDegree * stride);
    Buffer<KoalaBear> buffer = upload(values);

    divide_by_vanishing(backend(), log_height, buffer.data(), stride);

    const auto result = buffer.to_host();
    for (uint64_t p = 0; p < points; ++p) {
      const KoalaBear x = naive::domain_point(log_height, p);
      ASSERT_EQ(naive::extension_at(result, stride, p) * (x.power(points / 2) - 1),
                naive::extension_at(values, stride, p));
    }
  }
}

CAIRN_ON_EVERY_BACKEND(Selectors);

}  // namespace
}  // namespace cairn::test
