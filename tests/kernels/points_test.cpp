#include "kernels/points.hpp"

#include "backends.hpp"
#include "tests/support/naive.hpp"

namespace cairn::test {
namespace {

class Points : public BackendTest {};

TEST_P(Points, FillsPowersOfAnyCount) {
  for (const uint64_t count : {0, 1, 15, 16, 17, 31, 32, 33, 1000, 4097, 70001}) {
    const KoalaBear first(5), ratio(1234567);
    Buffer<KoalaBear> out(backend(), count);

    fill_powers(backend(), first, ratio, count, out.data());

    KoalaBear expected = first;
    for (const KoalaBear value : out.to_host()) {
      ASSERT_EQ(value, expected);
      expected *= ratio;
    }
  }
}

TEST_P(Points, FillsDomains) {
  for (uint32_t log_height = 6; log_height <= 12; ++log_height) {
    const uint64_t height = uint64_t{1} << log_height;
    Buffer<KoalaBear> domain(backend(), 2 * height), trace(backend(), height);

    fill_domain_points(backend(), log_height, domain.data());
    fill_trace_points(backend(), log_height, trace.data());

    const auto x = domain.to_host(), h = trace.to_host();
    const KoalaBear w = KoalaBear::root_of_unity(static_cast<int>(log_height));
    for (uint64_t p = 0; p < 2 * height; ++p) {
      ASSERT_EQ(x[p], naive::domain_point(log_height, p)) << log_height << " place " << p;
    }
    for (uint64_t i = 0; i < height; ++i) ASSERT_EQ(h[i], w.power(i));
  }
}

CAIRN_ON_EVERY_BACKEND(Points);

}  // namespace
}  // namespace cairn::test
