#include "kernels/inverse.hpp"

#include "backends.hpp"
#include "kernels/pole.hpp"
#include "tests/support/naive.hpp"
#include "tests/support/random.hpp"

namespace cairn::test {
namespace {

class Inverse : public BackendTest {};

constexpr uint64_t kSizes[] = {0, 1, 15, 16, 17, 63, 64, 128, 511, 512, 513, 1000, 4096};

TEST_P(Inverse, InvertsEachElementAndKeepsZeros) {
  for (const uint64_t size : kSizes) {
    std::vector<KoalaBear> values = random_elements(size, static_cast<uint32_t>(size));
    for (uint64_t i = 0; i < size; i += 7) values[i] = KoalaBear(0);
    Buffer<KoalaBear> buffer = upload(values);

    invert(backend(), buffer.data(), size);

    const auto result = buffer.to_host();
    for (uint64_t i = 0; i < size; ++i) {
      ASSERT_EQ(result[i], values[i].inverse()) << "size " << size << " place " << i;
    }
  }
}

TEST_P(Inverse, InvertsExtensionElementsAndKeepsZeros) {
  Random random(3);
  for (const uint64_t size : kSizes) {
    const uint64_t stride = size + 5;
    std::vector<KoalaBear> columns = random.koala_bears(kExtensionDegree * stride);
    for (uint64_t i = 0; i < size; i += 5) {
      // Zero in all coordinates, or in all but one.
      for (int e = 0; e < kExtensionDegree; ++e) {
        if (i % 2 == 0 || e != 3) columns[e * stride + i] = KoalaBear(0);
      }
    }
    Buffer<KoalaBear> buffer = upload(columns);

    invert_extension(backend(), buffer.data(), stride, size);

    const auto result = buffer.to_host();
    for (uint64_t i = 0; i < size; ++i) {
      ASSERT_EQ(naive::extension_at(result, stride, i),
                naive::extension_at(columns, stride, i).inverse())
          << "size " << size << " place " << i;
    }
    for (int e = 0; e < kExtensionDegree; ++e) {
      for (uint64_t i = size; i < stride; ++i) {
        ASSERT_EQ(result[e * stride + i], columns[e * stride + i]) << "wrote between columns";
      }
    }
  }
}

TEST_P(Inverse, NormsAndAdjointsMakeTheInverseOfAPole) {
  Random random(4);
  for (const uint64_t size : kSizes) {
    const KoalaBear5 z = random.koala_bear5(), factor = random.koala_bear5();
    const std::vector<KoalaBear> points = random_elements(size);
    Buffer<KoalaBear> x = upload(points), out(backend(), size);

    invert_norms(backend(), x.data(), z, size, out.data());

    const auto inverse_norm = out.to_host();
    const Pole pole = make_pole(z, factor);
    for (uint64_t i = 0; i < size; ++i) {
      ASSERT_EQ(pole.adjoint_at(points[i], inverse_norm[i]),
                factor * (KoalaBear5(points[i]) - z).inverse());
    }
  }
}

CAIRN_ON_EVERY_BACKEND(Inverse);

}  // namespace
}  // namespace cairn::test
