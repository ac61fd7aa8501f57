// The base field: axioms, edges, roots of unity.
#include "core/koala_bear.hpp"

#include <gtest/gtest.h>

#include "tests/core/known_answers.hpp"
#include "tests/support/random.hpp"
#include "tests/support/shared_data.hpp"

namespace cairn {
namespace {

constexpr uint64_t kP = KoalaBear::kModulus;

TEST(KoalaBear, IntegersOfAnySign) {
  EXPECT_EQ(KoalaBear(0).canonical(), 0u);
  EXPECT_EQ(KoalaBear(-1).canonical(), kP - 1);
  EXPECT_EQ(KoalaBear(static_cast<int64_t>(kP)).canonical(), 0u);
  EXPECT_EQ(KoalaBear(-static_cast<int64_t>(kP)).montgomery(), 0u);
  EXPECT_EQ(KoalaBear(INT64_MAX).canonical(), static_cast<uint64_t>(INT64_MAX) % kP);
  EXPECT_EQ((KoalaBear(INT64_MIN) + KoalaBear(INT64_MAX)).canonical(), kP - 1);
}

TEST(KoalaBear, ArithmeticIsThatOfIntegers) {
  Random random(1);
  std::vector<uint64_t> values = {0, 1, 2, kP - 1, kP - 2, kP / 2, kP / 2 + 1, 1u << 24};
  while (values.size() < 200) values.push_back(random.below(kP));
  for (const uint64_t a : values) {
    for (const uint64_t b : values) {
      const KoalaBear x(static_cast<int64_t>(a)), y(static_cast<int64_t>(b));
      ASSERT_EQ((x + y).canonical(), (a + b) % kP);
      ASSERT_EQ((x - y).canonical(), (a + kP - b) % kP);
      ASSERT_EQ((x * y).canonical(), a * b % kP);
      ASSERT_LT((x * y).montgomery(), kP);
    }
    const KoalaBear x(static_cast<int64_t>(a));
    ASSERT_EQ(-x + x, KoalaBear(0));
    ASSERT_EQ(x.inverse() * x, KoalaBear(a == 0 ? 0 : 1));
  }
}

TEST(KoalaBear, RootsOfUnity) {
  for (int n = 0; n <= KoalaBear::kTwoAdicity; ++n) {
    const KoalaBear root = KoalaBear::root_of_unity(n);
    EXPECT_EQ(root.power(uint64_t{1} << n), KoalaBear(1));
    if (n > 0) {
      EXPECT_EQ(root.power(uint64_t{1} << (n - 1)), KoalaBear(-1));
      EXPECT_EQ(root * root, KoalaBear::root_of_unity(n - 1));
    }
  }
}

TEST(KoalaBear, GeneratorHasTheWholeOrder) {
  // p - 1 = 2^24 * 127.
  EXPECT_NE(KoalaBear::generator().power((kP - 1) / 2), KoalaBear(1));
  EXPECT_NE(KoalaBear::generator().power((kP - 1) / 127), KoalaBear(1));
}

TEST(KoalaBear, PublishedRootsOfUnity) {
  CAIRN_NEED_SHARED(shared);
  const auto roots =
      read_json(shared / "data/kat/fields_and_permutations.json")["two_adic_generators"];
  ASSERT_EQ(roots.size(), 25u);
  for (int n = 0; n <= KoalaBear::kTwoAdicity; ++n) {
    // Plonky3's roots and ours are both generators of the same group of order 2^n.
    const KoalaBear root(roots[static_cast<size_t>(n)].get<int64_t>());
    EXPECT_EQ(root.power(uint64_t{1} << n), KoalaBear(1));
    if (n > 0) {
      EXPECT_EQ(root.power(uint64_t{1} << (n - 1)), KoalaBear(-1));
    }
  }
}

}  // namespace
}  // namespace cairn
