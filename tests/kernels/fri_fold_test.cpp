#include "kernels/fri_fold.hpp"

#include "backends.hpp"
#include "tests/support/naive.hpp"
#include "tests/support/random.hpp"

namespace cairn::test {
namespace {

class FriFolding : public BackendTest {
 protected:
  std::vector<KoalaBear> fold(const std::vector<KoalaBear>& layer, uint32_t log_height,
                              uint32_t log_arity, const KoalaBear5& beta) {
    const uint64_t size = uint64_t{2} << (log_height - log_arity);
    Buffer<KoalaBear> in = upload(layer), out(backend(), kExtensionDegree * size);
    fri_fold(backend(), in.data(), uint64_t{2} << log_height, log_height, log_arity, beta,
             out.data(), size);
    return out.to_host();
  }
};

/// By the coefficients: folding by a with beta turns sum c_k y^k into the polynomial of
/// coefficients sum_{j < a} c_(a k + j) beta^j.
TEST_P(FriFolding, CombinesCoefficients) {
  Random random(31);
  for (uint32_t log_height = 7; log_height <= 9; ++log_height) {
    for (uint32_t log_arity = 1; log_arity <= 3; ++log_arity) {
      std::vector<KoalaBear5> coefficients, folded(5, KoalaBear5(0));
      for (uint32_t k = 0; k < 5u << log_arity; ++k) coefficients.push_back(random.koala_bear5());
      const KoalaBear5 beta = random.koala_bear5();
      for (uint32_t k = 0; k < coefficients.size(); ++k) {
        folded[k >> log_arity] += coefficients[k] * beta.power(k & ((1u << log_arity) - 1));
      }

      const auto result =
          fold(naive::codeword(coefficients, log_height), log_height, log_arity, beta);

      ASSERT_EQ(result, naive::codeword(folded, log_height - log_arity))
          << "log_height " << log_height << " log_arity " << log_arity;
    }
  }
}

/// Any word, codeword or not: folding by 8 is folding by 2 three times, by beta, beta^2 and beta^4.
TEST_P(FriFolding, ByEightIsThriceByTwo) {
  Random random(32);
  for (uint32_t log_height = 7; log_height <= 12; ++log_height) {
    const auto layer = random.koala_bears(kExtensionDegree * (uint64_t{2} << log_height));
    const KoalaBear5 beta = random.koala_bear5();

    const auto by_two = fold(layer, log_height, 1, beta);
    const auto by_four = fold(by_two, log_height - 1, 1, beta * beta);
    const auto by_eight = fold(by_four, log_height - 2, 1, beta.power(4));

    ASSERT_EQ(fold(layer, log_height, 2, beta), by_four);
    ASSERT_EQ(fold(layer, log_height, 3, beta), by_eight);
  }
}

/// From the definition, at a few places of a larger layer (several entries in the upper table).
TEST_P(FriFolding, HalvesALayer) {
  const uint32_t log_height = 13;
  const uint64_t half = uint64_t{1} << log_height;
  Random random(33);
  const auto layer = random.koala_bears(kExtensionDegree * 2 * half);
  const KoalaBear5 beta = random.koala_bear5();

  const auto result = fold(layer, log_height, 1, beta);

  for (int sample = 0; sample < 200; ++sample) {
    const uint64_t c = random.below(2), i = random.below(half / 2);
    const KoalaBear y = naive::unshifted_point(log_height, c * half + i);
    const KoalaBear5 plus = naive::extension_at(layer, 2 * half, c * half + i);
    const KoalaBear5 minus = naive::extension_at(layer, 2 * half, c * half + i + half / 2);
    const KoalaBear5 even = (plus + minus) * KoalaBear(2).inverse();
    const KoalaBear5 odd = (plus - minus) * (2 * y).inverse();
    ASSERT_EQ(naive::extension_at(result, half, c * half / 2 + i), even + beta * odd);
  }
}

CAIRN_ON_EVERY_BACKEND(FriFolding);

TEST(LastPolynomial, InterpolatesTheLastLayer) {
  Random random(34);
  for (const uint32_t log_height : {0u, 1u, 4u, 6u}) {
    std::vector<KoalaBear5> coefficients;
    for (uint32_t k = 0; k < 1u << log_height; ++k) coefficients.push_back(random.koala_bear5());

    EXPECT_EQ(last_polynomial(naive::codeword(coefficients, log_height)), coefficients);
  }
}

TEST(LastPolynomial, RefusesAHigherDegree) {
  Random random(35);
  std::vector<KoalaBear5> coefficients;
  for (int k = 0; k < 65; ++k) coefficients.push_back(random.koala_bear5());
  auto layer = naive::codeword(coefficients, 6);

  EXPECT_THROW(last_polynomial(layer), Error);

  coefficients.pop_back();
  layer = naive::codeword(coefficients, 6);
  layer[100] += KoalaBear(1);
  EXPECT_THROW(last_polynomial(layer), Error);
}

}  // namespace
}  // namespace cairn::test
