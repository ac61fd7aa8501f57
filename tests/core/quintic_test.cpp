// The extension field: axioms, the modulus, known products and inverses.
#include "core/quintic.hpp"

#include <gtest/gtest.h>

#include "tests/core/known_answers.hpp"
#include "tests/support/random.hpp"
#include "tests/support/shared_data.hpp"

namespace cairn {
namespace {

KoalaBear5 element(int64_t c0, int64_t c1, int64_t c2, int64_t c3, int64_t c4) {
  return {KoalaBear(c0), KoalaBear(c1), KoalaBear(c2), KoalaBear(c3), KoalaBear(c4)};
}

const KoalaBear5 kX = element(0, 1, 0, 0, 0);

TEST(Quintic, XIsARootOfTheModulus) { EXPECT_EQ(kX.power(5) + kX.power(2), KoalaBear5(1)); }

TEST(Quintic, XGeneratesAFieldOfDegreeFive) {
  // The modulus is irreducible: X^(p^5) = X, and X^p - X is invertible (5 is prime).
  KoalaBear5 image = kX;
  for (int i = 0; i < kExtensionDegree; ++i) image = image.power(KoalaBear::kModulus);
  EXPECT_EQ(image, kX);
  const KoalaBear5 difference = kX.power(KoalaBear::kModulus) - kX;
  EXPECT_EQ(difference * difference.inverse(), KoalaBear5(1));
}

TEST(Quintic, Axioms) {
  Random random(2);
  for (int i = 0; i < 200; ++i) {
    const KoalaBear5 a = random.koala_bear5(), b = random.koala_bear5(), c = random.koala_bear5();
    ASSERT_EQ(a * b, b * a);
    ASSERT_EQ((a * b) * c, a * (b * c));
    ASSERT_EQ(a * (b + c), a * b + a * c);
    ASSERT_EQ(a - b, a + -b);
    ASSERT_EQ(a * a.inverse(), KoalaBear5(1));
    ASSERT_EQ(a.frobenius(), a.power(KoalaBear::kModulus));
    ASSERT_EQ(b.c[0] * a, KoalaBear5(b.c[0]) * a);
    ASSERT_EQ(a * int64_t{-7}, a * KoalaBear5(-7));
  }
  EXPECT_EQ(KoalaBear5(0).inverse(), KoalaBear5(0));
}

TEST(Quintic, KnownProductAndInverse) {
  // From crate p3-koala-bear 0.9.0-rc.2.
  const KoalaBear5 a = element(1020159361, 211819947, 942966199, 161510978, 299002642);
  const KoalaBear5 b = element(554815857, 1431204920, 40102131, 186427448, 1167932542);
  EXPECT_EQ(a * b, element(246796217, 950539853, 1680986701, 1098748054, 1184100785));
  EXPECT_EQ(a.inverse(), element(930051088, 1394854572, 1023258934, 181393332, 1206956677));
}

TEST(Quintic, AllKnownProductsAndInverses) {
  CAIRN_NEED_SHARED(shared);
  const auto read = [](const nlohmann::json& x) { return element(x[0], x[1], x[2], x[3], x[4]); };
  const auto answers = read_json(shared / "data/kat/fields_and_permutations.json");
  for (const auto& one : answers["quintic"]["cases"]) {
    EXPECT_EQ(read(one["a"]) * read(one["b"]), read(one["mul"]));
    EXPECT_EQ(read(one["a"]).inverse(), read(one["inv_a"]));
  }
}

}  // namespace
}  // namespace cairn
