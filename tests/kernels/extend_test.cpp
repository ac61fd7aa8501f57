#include "kernels/extend.hpp"

#include <algorithm>

#include "backends.hpp"
#include "kernels/ntt.hpp"

namespace cairn::test {
namespace {

/// Coefficients by the definition: c_k = 1/N sum_i f_i (shift w^i)^-k.
std::vector<KoalaBear> naive_interpolate(const KoalaBear* values, uint32_t log_height,
                                         KoalaBear shift) {
  const uint64_t height = uint64_t{1} << log_height;
  const KoalaBear w = KoalaBear::root_of_unity(static_cast<int>(log_height));
  std::vector<KoalaBear> coefficients(height);
  for (uint64_t k = 0; k < height; ++k) {
    const KoalaBear step = w.power(k).inverse();
    KoalaBear sum(0), power(1);
    for (uint64_t i = 0; i < height; ++i, power *= step) sum += values[i] * power;
    coefficients[k] =
        sum * KoalaBear(static_cast<int64_t>(height)).inverse() * shift.power(k).inverse();
  }
  return coefficients;
}

KoalaBear evaluate(const std::vector<KoalaBear>& coefficients, KoalaBear x) {
  KoalaBear sum(0);
  for (size_t k = coefficients.size(); k-- > 0;) sum = sum * x + coefficients[k];
  return sum;
}

class Extend : public BackendTest {
 protected:
  /// Through columns with gaps between them, which nothing may touch, nor the trace.
  std::vector<KoalaBear> extend(const std::vector<KoalaBear>& trace, uint32_t log_height,
                                uint32_t columns, KoalaBear shift) {
    const uint64_t height = uint64_t{1} << log_height;
    const uint64_t from_stride = height + 16, to_stride = 2 * height + 48;
    std::vector<KoalaBear> spread(columns * from_stride, kGap);
    for (uint32_t column = 0; column < columns; ++column) {
      std::copy_n(trace.begin() + static_cast<int64_t>(column * height), height,
                  spread.begin() + static_cast<int64_t>(column * from_stride));
    }
    const Buffer<KoalaBear> in = upload(spread);
    Buffer<KoalaBear> out = upload(std::vector<KoalaBear>(columns * to_stride, kGap));

    low_degree_extend(backend(),
                      {in.data(), from_stride, out.data(), to_stride, log_height, columns, shift});

    EXPECT_TRUE(in.to_host() == spread) << "wrote to the trace";
    const std::vector<KoalaBear> placed = out.to_host();
    std::vector<KoalaBear> result;
    for (uint32_t column = 0; column < columns; ++column) {
      const auto begin = placed.begin() + static_cast<int64_t>(column * to_stride);
      result.insert(result.end(), begin, begin + static_cast<int64_t>(2 * height));
      EXPECT_EQ(std::count(begin + static_cast<int64_t>(2 * height),
                           begin + static_cast<int64_t>(to_stride), kGap),
                48)
          << "wrote between columns";
    }
    return result;
  }

 private:
  static constexpr KoalaBear kGap{12345};
};

TEST_P(Extend, AgreesWithTheDefinition) {
  for (uint32_t log_height = 0; log_height <= 8; ++log_height) {
    const uint64_t height = uint64_t{1} << log_height;
    for (const KoalaBear shift : {KoalaBear(1), KoalaBear(7)}) {
      const uint32_t columns = 3;
      const std::vector<KoalaBear> trace = random_elements(columns * height, log_height);

      const std::vector<KoalaBear> extended = extend(trace, log_height, columns, shift);

      const KoalaBear v = KoalaBear::root_of_unity(static_cast<int>(log_height) + 1);
      for (uint32_t column = 0; column < columns; ++column) {
        const auto coefficients =
            naive_interpolate(trace.data() + column * height, log_height, shift);
        for (uint64_t p = 0; p < 2 * height; ++p) {
          const uint64_t c = p / height, i = p % height;
          const KoalaBear x = KoalaBear::generator() * v.power(2 * i + c);
          ASSERT_EQ(extended[column * 2 * height + p].canonical(),
                    evaluate(coefficients, x).canonical())
              << "log_height " << log_height << " column " << column << " place " << p;
        }
      }
    }
  }
}

/// f(x) = x^k has values that are known without interpolation, at any size.
TEST_P(Extend, ExtendsMonomials) {
  for (uint32_t log_height = 6; log_height <= 17; ++log_height) {
    const uint64_t height = uint64_t{1} << log_height;
    const uint64_t exponents[] = {0, 1, 5, height / 2 + 3, height - 1};
    const uint32_t columns = 5;
    const KoalaBear w = KoalaBear::root_of_unity(static_cast<int>(log_height));
    std::vector<KoalaBear> trace;
    for (const uint64_t k : exponents) {
      KoalaBear power(1);
      const KoalaBear step = w.power(k);
      for (uint64_t i = 0; i < height; ++i, power *= step) trace.push_back(power);
    }

    const std::vector<KoalaBear> extended = extend(trace, log_height, columns, 1);

    const KoalaBear v = KoalaBear::root_of_unity(static_cast<int>(log_height) + 1);
    for (uint32_t column = 0; column < columns; ++column) {
      const KoalaBear step = v.power(exponents[column]);
      for (uint64_t c = 0; c < 2; ++c) {
        KoalaBear value = KoalaBear::generator().power(exponents[column]) * step.power(c);
        for (uint64_t i = 0; i < height; ++i, value *= step * step) {
          ASSERT_EQ(extended[column * 2 * height + c * height + i].canonical(), value.canonical())
              << "log_height " << log_height << " column " << column << " half " << c << " row "
              << i;
        }
      }
    }
  }
}

TEST_P(Extend, EqualsThePlainPassesForAnyNumberOfColumns) {
  const auto oracle = backend_of("scalar");
  for (uint32_t log_height = 6; log_height <= 13; ++log_height) {
    const uint64_t height = uint64_t{1} << log_height;
    for (const uint32_t columns : {1u, 2u, 3u, 4u, 5u, 8u, 17u, 33u}) {
      const std::vector<KoalaBear> trace = random_elements(columns * height, columns);
      auto in = Buffer<KoalaBear>::from_host(*oracle, trace);
      Buffer<KoalaBear> out(*oracle, 2 * trace.size());
      extend_by_passes(*oracle,
                       {in.data(), height, out.data(), 2 * height, log_height, columns, 1});

      const std::vector<KoalaBear> extended = extend(trace, log_height, columns, 1);

      ASSERT_TRUE(extended == out.to_host()) << log_height << ", " << columns << " columns";
    }
  }
}

TEST_P(Extend, TransformsThereAndBack) {
  const uint32_t log_size = 11;
  const uint64_t size = uint64_t{1} << log_size;
  const std::vector<KoalaBear> values = random_elements(4 * size);
  Buffer<KoalaBear> data = upload(values);

  using Direction = NttTask::Direction;
  backend().transform({Direction::kInterpolate, data.data(), log_size, 4, size});
  backend().transform({Direction::kEvaluate, data.data(), log_size, 4, size});

  const std::vector<KoalaBear> result = data.to_host();
  for (size_t i = 0; i < values.size(); ++i) {
    ASSERT_EQ(result[i].canonical(),
              (values[i] * KoalaBear(static_cast<int64_t>(size))).canonical());
  }
}

CAIRN_ON_EVERY_BACKEND(Extend);

}  // namespace
}  // namespace cairn::test
