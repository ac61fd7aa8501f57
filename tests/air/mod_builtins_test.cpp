// ADD_MOD and MUL_MOD, an instance alone: edge values, and witnesses that a dishonest prover would
// try.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/air/mod_batches.hpp"
#include "tests/air/naive_felt.hpp"
#include "tests/support/sanitized.hpp"

namespace cairn {
namespace {

using testing::Contains;

/// Whether the chip accepts this single operation, with the witness that fill() finds.
template <class Chip>
bool accepts(const Integer& p, const Operation& o) {
  Batches b(1);
  b.add(p, {o});
  const Image image = b.image();
  const Part part = whole<Chip>(b);
  ModInstance<KoalaBear, Chip::kLimbs> columns;
  const ModIntegers m = fill_mod_instance<Chip::kLimbBits>(image, Batches::kBegin, columns);
  EXPECT_EQ(integer_of(m.p), p);
  EXPECT_EQ(integer_of(m.a), o.a);
  const bool result =
      one_chip::accepted<Chip>(image, part, 0, one_chip::fill<Chip>(image, part, 0));
  bool expected;
  if constexpr (kAdds<Chip>) {
    expected = AddMod::holds(m);
  } else {
    ModInteger quotient;
    expected = MulMod::find_quotient(m, quotient);
  }
  EXPECT_EQ(result, expected) << "what the reader asks and what the row can say";
  return result;
}

template <class Chip>
class ModBuiltins : public testing::Test {};

using Both = testing::Types<AddMod, MulMod>;
TYPED_TEST_SUITE(ModBuiltins, Both);

TYPED_TEST(ModBuiltins, EdgeValuesHold) {
  const Integer word = kTwo96 - 1, all = kTwo384 - 1;
  const std::vector<Integer> moduli = {
      1, 2, 5, word, kTwo96, word * kTwo96, bls_prime(), Integer::power(383), all, 0};
  uint32_t turn = 0;
  for (const Integer& p : moduli) {
    std::vector<Integer> operands = {0, 1, 2, word, kTwo96, kTwo384 - kTwo96, all};
    if (!(p == Integer())) operands.insert(operands.end(), {p, p - 1});
    for (const Integer& a : operands) {
      for (const Integer& b : operands) {
        if (kSanitized && ++turn % 4 != 0) continue;
        const Operation o = solve<TypeParam>(a, b, p);
        if (!(o.c < kTwo384)) continue;

        EXPECT_TRUE(accepts<TypeParam>(p, o));
      }
    }
  }
}

TYPED_TEST(ModBuiltins, RandomOperationsHoldAndOthersDoNot) {
  Random random(11);
  for (int i = 0; i < (kSanitized ? 20 : 60); ++i) {
    const Integer p = random_integer(random, 1 + static_cast<int>(random.below(384))) + 1;
    const Integer a = random_integer(random, 1 + static_cast<int>(random.below(384)));
    const Integer b = random_integer(random, 1 + static_cast<int>(random.below(384)));
    const Operation right = solve<TypeParam>(a, b, p);
    if (!(right.c < kTwo384) || !(p < kTwo384)) continue;

    EXPECT_TRUE(accepts<TypeParam>(p, right));

    const Operation next{a, b, right.c + 1};
    if (next.c < kTwo384 && !(p == Integer(1))) {
      EXPECT_FALSE(accepts<TypeParam>(p, next));
    }
    const Integer flipped = right.c + Integer::power(static_cast<int>(random.below(384)));
    const Integer value = apply<TypeParam>(a, b);
    if (flipped < kTwo384 && !(flipped % p == value % p)) {
      EXPECT_FALSE(accepts<TypeParam>(p, {a, b, flipped}));
    }
  }
}

TYPED_TEST(ModBuiltins, ResultsAboveTheModulusAreLegal) {
  const Integer p = 1000003;

  EXPECT_TRUE(accepts<TypeParam>(p, {2000000, 3, apply<TypeParam>(2000000, 3)}));
  EXPECT_TRUE(accepts<TypeParam>(p, {2000000, 3, apply<TypeParam>(2000000, 3) - p}));
  EXPECT_FALSE(accepts<TypeParam>(p, {2000000, 3, apply<TypeParam>(2000000, 3) + p}));
}

TEST(AddMod, TakesTheModulusOnceAtMost) {
  EXPECT_FALSE(accepts<AddMod>(10, {25, 0, 5}));
  EXPECT_TRUE(accepts<AddMod>(10, {25, 0, 15}));
  EXPECT_TRUE(accepts<AddMod>(10, {25, 0, 25}));
}

TEST(MulMod, QuotientsHave384Bits) {
  // a b = 2^760 = c + q p with p = 2 needs a q of 759 bits for any c.
  EXPECT_FALSE(accepts<MulMod>(2, {Integer::power(380), Integer::power(380), 0}));
  EXPECT_TRUE(accepts<MulMod>(Integer::power(377), {Integer::power(380), Integer::power(380), 0}));
}

TYPED_TEST(ModBuiltins, WordsHave96Bits) {
  // Each word in turn as an integer that the others make up for, or not: no row for it.
  for (uint32_t i = 0; i < 16; ++i) {
    for (const Felt& word : {naive::power_of_two(96), naive::power_of_two(99),
                             naive::power_of_two(107), naive::power_of_two(200), naive::felt(-1)}) {
      Batches b(1);
      const uint32_t values = b.add(Integer(0), {{0, 0, 0}});
      b.memory.set(i < 4 ? b.cell(0, i) : values + i - 4, word);
      const Image image = b.image();
      const Part part = whole<TypeParam>(b);
      const auto row = one_chip::fill<TypeParam>(image, part, 0);
      const auto evaluation = one_chip::evaluate<TypeParam>(image, part, 0, row);

      EXPECT_NE(one_chip::unanswered(image, evaluation), nullptr) << i;
    }
  }
}

// c + p for the p of the base field: carries in the field make every identity hold, and only their
// range is wrong.

TEST(AddMod, ResultsThatAreRightInTheFieldAreRefused) {
  const Integer p = bls_prime();
  Operation o = solve<AddMod>(p - 5, p - 7, p);
  o.c = o.c + KoalaBear::kModulus;
  Batches b(1);
  b.add(p, {o});
  const Image image = b.image();
  const Part part = whole<AddMod>(b);
  auto row = one_chip::fill<AddMod>(image, part, 0);
  const auto& m = row.instance;
  ASSERT_EQ(row.takes_p, KoalaBear(1));
  KoalaBear carry = 0;
  for (int i = 0; i < AddMod::kAllLimbs - 1; ++i) {
    const int w = i / 4, j = i % 4;
    carry += m.operand[0].limb[w][j] + m.operand[1].limb[w][j] - m.operand[2].limb[w][j] -
             m.p.limb[w][j];
    carry *= KoalaBear(1 << (j == 3 ? 15 : 27)).inverse();
    row.carry[i] = carry;
  }

  const auto evaluation = one_chip::evaluate<AddMod>(image, part, 0, row);

  EXPECT_EQ(one_chip::unanswered(image, evaluation), nullptr);
  EXPECT_THAT(evaluation.broken, Contains("a carry is -1, 0 or 1"));
  EXPECT_THAT(evaluation.broken, testing::Not(Contains("a + b = c + s p")));
}

TEST(MulMod, ResultsThatAreRightInTheFieldAreRefused) {
  const Integer p = bls_prime();
  Operation o = solve<MulMod>(p - 5, p - 7, p);
  Batches honest(1), b(1);
  honest.add(p, {o});
  o.c = o.c + KoalaBear::kModulus;
  b.add(p, {o});
  const Image image = b.image();
  const Part part = whole<MulMod>(b);
  auto row = one_chip::fill<MulMod>(image, part, 0);
  row.quotient = one_chip::fill<MulMod>(honest.image(), whole<MulMod>(honest), 0).quotient;
  const auto& m = row.instance;
  const auto z = MulMod::digits<KoalaBear>(m.operand[0].limb, m.operand[1].limb, m.operand[2].limb,
                                           row.quotient, m.p.limb);
  KoalaBear carry = 0;
  for (int i = 0; i < MulMod::kDigits - 1; ++i) {
    carry = (carry + z[i]) * KoalaBear(i % 11 == 10 ? 1 << 6 : 1 << 9).inverse();
    row.carry[i] = carry;
  }

  const auto evaluation = one_chip::evaluate<MulMod>(image, part, 0, row);

  EXPECT_THAT(evaluation.broken, testing::IsEmpty());
  const one_chip::Term* term = one_chip::unanswered(image, evaluation);
  ASSERT_NE(term, nullptr);
  EXPECT_EQ(term->message.bus, Bus::kRange);
}

TEST(AddMod, WordsAboveTheBoundHaveNoRowEvenIfTheSumIsRight) {
  // a = 2^96 as its lowest word, b = 0, c = 2^96 as its second word: right as a sum of words.
  Batches b(1);
  const uint32_t values = b.add(Integer(3), {{0, 0, kTwo96}});
  b.memory.set(values, naive::power_of_two(96));
  const Image image = b.image();
  const Part part = whole<AddMod>(b);
  auto row = one_chip::fill<AddMod>(image, part, 0);
  row.takes_p = 0;
  row.instance.operand[0].limb[0][3] = 1 << 15;
  for (int i = 0; i < AddMod::kAllLimbs - 1; ++i) row.carry[i] = i == 3 ? 1 : 0;

  const auto evaluation = one_chip::evaluate<AddMod>(image, part, 0, row);

  EXPECT_THAT(evaluation.broken, testing::IsEmpty());
  const one_chip::Term* term = one_chip::unanswered(image, evaluation);
  ASSERT_NE(term, nullptr);
  EXPECT_EQ(term->message.bus, Bus::kRange);
}

TYPED_TEST(ModBuiltins, NoCellMayBeChangedAlone) {
  const Batches b = example_batches<TypeParam>();
  std::vector<int64_t> values = {2, 3, 4, 5, 6, 511, 512, (1 << 27) - 1, -1, -2, 1 << 18};
  for (uint32_t i = 0; i < b.instances(); ++i) values.push_back(b.cell(i, 0));

  const auto alive =
      one_chip::expect_no_free_cell<TypeParam>(b.image(), whole<TypeParam>(b), 2, values);

  for (const char* name :
       {"address starts at range_begin", "address counts", "en is boolean", "the first row is real",
        "no real row after padding", "padding starts at range_end", "continues is boolean",
        "padding continues nothing", "n counts down to 1",
        kAdds<TypeParam> ? "a + b = c + s p" : "a b = c + q p"}) {
    EXPECT_TRUE(alive.contains(name)) << name;
  }
  if (kAdds<TypeParam>) {
    EXPECT_TRUE(alive.contains("p is taken once or not"));
    EXPECT_TRUE(alive.contains("a carry is -1, 0 or 1"));
  }
}

TYPED_TEST(ModBuiltins, FullPartsEndAtTheirRange) {
  std::vector<Operation> operations(64, solve<TypeParam>(3, 4, 5));
  Batches b(64);
  b.add(Integer(5), operations);
  Part part = whole<TypeParam>(b);

  one_chip::expect_honest<TypeParam>(b.image(), part);

  part.range_end += kModCells;
  const auto last = one_chip::fill<TypeParam>(b.image(), part, 63);
  EXPECT_THAT(one_chip::evaluate<TypeParam>(b.image(), part, 63, last).broken,
              Contains("a full part ends at range_end"));
}

TYPED_TEST(ModBuiltins, PaddingSaysNothing) {
  const Batches b = example_batches<TypeParam>();
  const Image image = b.image();
  const Part part = whole<TypeParam>(b);
  auto row = one_chip::fill<TypeParam>(image, part, 6);
  const auto honest = one_chip::evaluate<TypeParam>(image, part, 6, row);
  EXPECT_THAT(honest.broken, testing::IsEmpty());
  for (const one_chip::Term& t : honest.terms) EXPECT_EQ(t.multiplicity, KoalaBear(0));

  row.instance.continues = 1;
  EXPECT_THAT(one_chip::evaluate<TypeParam>(image, part, 6, row).broken,
              Contains("padding continues nothing"));
}

TEST(ModBuiltinShape, CellsAndMessages) {
  EXPECT_EQ(kShape<AddMod>.cells(), 277);
  EXPECT_EQ(kShape<MulMod>.cells(), 753);
  EXPECT_EQ(kShape<AddMod>.degree, 3);
  EXPECT_EQ(kShape<MulMod>.degree, 3);
  EXPECT_EQ(kShape<AddMod>.range_widths, 1u << 15);
  EXPECT_EQ(kShape<MulMod>.range_widths, 1u << 19);
}

}  // namespace
}  // namespace cairn
