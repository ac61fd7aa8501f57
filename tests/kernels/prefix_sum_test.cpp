#include "kernels/prefix_sum.hpp"

#include "backends.hpp"
#include "tests/support/naive.hpp"
#include "tests/support/random.hpp"

namespace cairn::test {
namespace {

class PrefixSum : public BackendTest {};

// 70001 rows take two levels of chunks.
constexpr uint64_t kSizes[] = {1, 2, 63, 64, 65, 128, 1000, 4096, 70001, 1 << 17};

TEST_P(PrefixSum, SumsTheRowsBefore) {
  for (const uint64_t size : kSizes) {
    const uint64_t stride = size + 3;
    const auto column = Random(size).koala_bears(kExtensionDegree * stride);
    Buffer<KoalaBear> buffer = upload(column);

    const KoalaBear5 total = exclusive_prefix_sum(backend(), buffer.data(), stride, size);

    const auto result = buffer.to_host();
    KoalaBear5 sum(0);
    for (uint64_t i = 0; i < size; ++i) {
      ASSERT_EQ(naive::extension_at(result, stride, i), sum) << "size " << size << " row " << i;
      sum += naive::extension_at(column, stride, i);
    }
    ASSERT_EQ(total, sum);
  }
}

TEST_P(PrefixSum, ComesBackToZeroWhenCyclic) {
  for (const uint64_t size : kSizes) {
    const auto column = Random(size).koala_bears(kExtensionDegree * size);
    Buffer<KoalaBear> buffer = upload(column);

    const KoalaBear5 total = cyclic_prefix_sum(backend(), buffer.data(), size, size);

    KoalaBear5 expected_total(0);
    for (uint64_t i = 0; i < size; ++i) expected_total += naive::extension_at(column, size, i);
    ASSERT_EQ(total, expected_total);
    const KoalaBear5 share = total * KoalaBear(static_cast<int64_t>(size)).inverse();
    const auto result = buffer.to_host();
    for (uint64_t i = 0; i < size; ++i) {
      ASSERT_EQ(naive::extension_at(result, size, (i + 1) % size),
                naive::extension_at(result, size, i) + naive::extension_at(column, size, i) - share)
          << "size " << size << " row " << i;
    }
    ASSERT_EQ(naive::extension_at(result, size, 0), KoalaBear5(0));
  }
}

CAIRN_ON_EVERY_BACKEND(PrefixSum);

}  // namespace
}  // namespace cairn::test
