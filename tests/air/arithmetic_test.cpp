// Sums and products in limbs against naive arithmetic: right results are accepted, and for wrong
// ones no witness within its lookups exists.
#include <gtest/gtest.h>

#include "air/chips.hpp"
#include "tests/air/naive_felt.hpp"
#include "tests/air/row_tools.hpp"
#include "tests/support/random.hpp"

namespace cairn {
namespace {

using naive::felt;
using naive::power_of_two;

/// The limb constraints are not switched by en: a row that is 0 but for the limbs shows them alone.
template <class Chip>
bool accepted(const typename Chip::template Columns<KoalaBear>& columns) {
  FilledRow row{};
  const auto* cells = reinterpret_cast<const KoalaBear*>(&columns);
  row.chip = static_cast<uint32_t>(kChipId<Chip>);
  row.main.assign(cells, cells + kShape<Chip>.columns);
  row.next = row.main;
  return evaluate(row).broken.empty();
}

bool sum_accepted(const Felt& a, const Felt& b, const Felt& c) {
  AddBig::Columns<KoalaBear> columns{};
  columns.op0 = limbs27_of(a);
  columns.op1 = limbs27_of(b);
  columns.dst = limbs27_of(c);
  for (int s = 0; s < 2; ++s) {
    columns.subtracts_prime = s;
    if (accepted<AddBig>(columns)) return true;
  }
  return false;
}

MulBig::Columns<KoalaBear> product_columns(const Felt& a, const Felt& b, const Felt& c) {
  MulBig::Columns<KoalaBear> columns{};
  columns.op0 = limbs9_of<kLimbs9>(a);
  columns.op1 = limbs9_of<kLimbs9>(b);
  columns.dst = limbs9_of<kLimbs9>(c);
  return columns;
}

bool fits(KoalaBear witness) {
  return (witness + kProductCarryBias).canonical() < (1u << kProductCarryBits);
}

/// Solves the 28 identities over the field: each carry follows from the ones below and k, and the
/// last identity fixes k. So this is the only witness there is.
ProductWitness<KoalaBear> forced_witness(const MulBig::Columns<KoalaBear>& c) {
  const Array<KoalaBear, kLimbs9> f = folded_product<KoalaBear>(c.op0, c.op1, c.dst);
  const KoalaBear inverse = KoalaBear(512).inverse();
  const auto solve = [&](KoalaBear k, ProductWitness<KoalaBear>& w) {
    KoalaBear carry = 0;
    w.k = k;
    for (int i = 0; i < kLimbs9 - 1; ++i) {
      carry = (f[i] + carry - k * prime_limb9(i)) * inverse;
      w.carry[i] = carry;
    }
    return f[kLimbs9 - 1] + carry - k * prime_limb9(kLimbs9 - 1);  // what should be 0; affine in k
  };
  ProductWitness<KoalaBear> w;
  const KoalaBear at_zero = solve(0, w);
  const KoalaBear slope = solve(1, w) - at_zero;
  solve(-at_zero * slope.inverse(), w);
  return w;
}

bool product_accepted(const Felt& a, const Felt& b, const Felt& c) {
  MulBig::Columns<KoalaBear> columns = product_columns(a, b, c);
  columns.witness = forced_witness(columns);
  EXPECT_TRUE(accepted<MulBig>(columns));
  bool all_fit = fits(columns.witness.k);
  for (int i = 0; i < kLimbs9 - 1; ++i) all_fit = all_fit && fits(columns.witness.carry[i]);
  return all_fit;
}

std::vector<Felt> edges() {
  std::vector<Felt> values = {felt(0), felt(1), felt(2), felt(-1), felt(-2), felt(511), felt(512)};
  for (int exponent : {27, 28, 35, 36, 63, 64, 134, 135, 189, 192, 243, 250, 251}) {
    values.push_back(power_of_two(exponent));
    values.push_back(naive::minus(power_of_two(exponent), felt(1)));
    values.push_back(naive::negate(power_of_two(exponent)));
  }
  values.push_back(naive::minus(kCairoPrime, power_of_two(192)));
  return values;
}

template <class F>
void for_pairs(F f) {
  const std::vector<Felt> values = edges();
  for (const Felt& a : values) {
    for (const Felt& b : values) f(a, b);
  }
  Random random(2);
  for (int i = 0; i < 2000; ++i) f(random.odd_felt(), random.odd_felt());
}

TEST(Limbs, ProductsOfIntegers) {
  Random random(23);
  // Limbs of either sign, up to where sums of 28 products leave 31 bits, against the sums as
  // written.
  for (const int64_t most : {1, 511, 8700}) {
    for (int round = 0; round < 20; ++round) {
      Array<int64_t, kLimbs9> a{}, b{};
      for (int i = 0; i < kLimbs9; ++i) {
        a[i] = round < 2 ? most : static_cast<int64_t>(random.below(2 * most + 1)) - most;
        b[i] = round < 1 ? -most : static_cast<int64_t>(random.below(2 * most + 1)) - most;
      }
      ProductSum<int64_t> wanted{};
      for (int i = 0; i < kLimbs9; ++i) {
        for (int j = 0; j < kLimbs9; ++j) wanted[i + j] += a[i] * b[j];
      }
      const ProductSum<int64_t> found = limb_product(a, b);
      for (int i = 0; i < kProductCoefficients; ++i) ASSERT_EQ(found[i], wanted[i]) << most << i;
    }
  }
}

TEST(Arithmetic, SumsAreAcceptedAndOthersNot) {
  for_pairs([](const Felt& a, const Felt& b) {
    const Felt c = naive::add(a, b);
    EXPECT_TRUE(sum_accepted(a, b, c));
    EXPECT_FALSE(sum_accepted(a, b, naive::add(c, felt(1))));
    EXPECT_FALSE(sum_accepted(a, b, naive::add(c, power_of_two(27))));
    EXPECT_FALSE(sum_accepted(a, b, naive::add(c, felt(KoalaBear::kModulus))));
    EXPECT_FALSE(sum_accepted(a, b, naive::negate(c)) && naive::negate(c) != c);
  });
}

TEST(Arithmetic, ProductsAreAcceptedAndOthersHaveNoWitness) {
  for_pairs([](const Felt& a, const Felt& b) {
    const Felt c = naive::multiply(a, b);
    EXPECT_TRUE(product_accepted(a, b, c));
    EXPECT_FALSE(product_accepted(a, b, naive::add(c, felt(1))));
    EXPECT_FALSE(product_accepted(a, b, naive::add(c, power_of_two(200))));
    EXPECT_FALSE(product_accepted(a, b, naive::add(c, felt(KoalaBear::kModulus))));
  });
}

TEST(Arithmetic, ProductWitnessOfFillIsTheForcedOne) {
  for_pairs([](const Felt& a, const Felt& b) {
    const Felt c = naive::multiply(a, b);
    const ProductWitness<KoalaBear> filled = product_witness(a, b, c);
    const ProductWitness<KoalaBear> forced = forced_witness(product_columns(a, b, c));
    EXPECT_EQ(filled.k, forced.k);
    for (int i = 0; i < kLimbs9 - 1; ++i) EXPECT_EQ(filled.carry[i], forced.carry[i]) << i;
  });
}

TEST(Arithmetic, ProductTakesAnyLimbs) {
  // Limbs up to 2^252 - 1, so that one value has two forms: results are right modulo P.
  const Felt most = naive::minus(power_of_two(252), felt(1));
  const Felt above = naive::plus(kCairoPrime, felt(5));
  const Felt most_reduced = naive::minus(most, kCairoPrime);
  EXPECT_TRUE(product_accepted(most, most, naive::multiply(most_reduced, most_reduced)));
  EXPECT_TRUE(product_accepted(above, felt(3), felt(15)));
  EXPECT_TRUE(product_accepted(above, felt(1), above));
  EXPECT_FALSE(product_accepted(above, felt(3), felt(16)));
}

TEST(Arithmetic, SmallProductsAreExact) {
  Random random(3);
  for (int i = 0; i < 5000; ++i) {
    const uint64_t a = random.bits() >> (28 + random.below(36));
    const uint64_t b = random.bits() >> (28 + random.below(36));
    const unsigned __int128 product = static_cast<unsigned __int128>(a) * b;
    const Felt c{{static_cast<uint64_t>(product), static_cast<uint64_t>(product >> 64), 0, 0}};
    MulSmall::Columns<KoalaBear> columns{};
    columns.op0 = limbs9_of<MulSmall::kFactorLimbs>(felt(a));
    columns.op1 = limbs9_of<MulSmall::kFactorLimbs>(felt(b));
    columns.dst = limbs9_of<MulSmall::kProductLimbs>(c);
    // Carries are forced from below, as for the big product; the last identity then decides.
    const auto solve = [&] {
      for (int j = 0; j < MulSmall::kFactorLimbs - 1; ++j) columns.carry[j] = 0;
      const KoalaBear inverse = KoalaBear(1 << 18).inverse();
      KoalaBear carry = 0;
      for (int j = 0; j < MulSmall::kFactorLimbs - 1; ++j) {
        KoalaBear sum = carry - columns.dst[2 * j] - columns.dst[2 * j + 1] * 512;
        for (int x = 0; x < MulSmall::kFactorLimbs; ++x) {
          for (int y = 0; y < MulSmall::kFactorLimbs; ++y) {
            if (x + y == 2 * j) sum += columns.op0[x] * columns.op1[y];
            if (x + y == 2 * j + 1) sum += columns.op0[x] * columns.op1[y] * 512;
          }
        }
        carry = columns.carry[j] = sum * inverse;
      }
      bool fit = accepted<MulSmall>(columns);
      for (int j = 0; j < MulSmall::kFactorLimbs - 1; ++j) {
        fit = fit && columns.carry[j].canonical() < (1u << MulSmall::kCarryBits);
      }
      return fit;
    };
    EXPECT_TRUE(solve());
    const int limb = static_cast<int>(random.below(MulSmall::kProductLimbs));
    columns.dst[limb] = (columns.dst[limb].canonical() + 1 + random.below(510)) & 511;
    EXPECT_FALSE(solve());
  }
}

}  // namespace
}  // namespace cairn
