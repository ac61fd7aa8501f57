// ADD_MOD and MUL_MOD: edge values, batches, and witnesses that a dishonest prover would try.
#include <initializer_list>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "air/chips/add_mod.hpp"
#include "air/chips/mul_mod.hpp"
#include "tests/air/interval.hpp"
#include "tests/air/naive_felt.hpp"
#include "tests/air/one_chip.hpp"
#include "tests/support/naive_integer.hpp"
#include "tests/support/sanitized.hpp"

namespace cairn {
namespace {

using naive::Integer;
using testing::Contains;

const Integer kTwo96 = Integer::power(96);
const Integer kTwo384 = Integer::power(384);

Felt felt_of_integer(const Integer& x) {
  Felt result{};
  for (int i = 0; i < 4; ++i) result.word[i] = x.low_bits(64 * i, 64);
  return result;
}
Integer integer_of(const ModInteger& x) {
  Integer result;
  for (int i = 11; i >= 0; --i) result = result * Integer::power(32) + x.digit[i];
  return result;
}
/// The prime of BLS12-381, as in the real runs.
Integer bls_prime() {
  Integer x;
  for (const uint64_t word :
       {0x1a0111ea397fe69aull, 0x4b1ba7b6434bacd7ull, 0x64774b84f38512bfull, 0x6730d2a0f6b0f624ull,
        0x1eabfffeb153ffffull, 0xb9feffffffffaaabull}) {
    x = x * Integer::power(64) + word;
  }
  return x;
}
Integer random_integer(Random& random, int bits) {
  Integer x;
  for (int i = 0; i < bits; i += 32) {
    const int count = std::min(32, bits - i);
    x = x * Integer::power(count) + random.bits() % (uint64_t{1} << count);
  }
  return x;
}

struct Operation {
  Integer a, b, c;
};

/// What an instance's cells hold, but for p.
struct Pointers {
  int64_t values_ptr, offsets_ptr, n;
};

/// A segment of instances, each batch with tables of its own.
struct Batches {
  static constexpr uint32_t kBegin = 12;

  explicit Batches(uint32_t instances) : instances_(instances) {
    memory.set(kBegin - 1, 1);
    free_ = kBegin + kModCells * instances;
  }
  uint32_t cell(uint32_t instance, uint32_t i) const { return kBegin + kModCells * instance + i; }
  uint32_t end() const { return cell(instances_, 0); }

  void put_number(uint32_t address, const Integer& x) {
    for (int i = 0; i < 4; ++i) {
      memory.set(address + i, felt_of_integer(x.size() == 0 ? x : word_of(x, i)));
    }
  }
  void put_instance(uint32_t instance, const Integer& p, const Pointers& pointers) {
    put_number(cell(instance, 0), p);
    memory.set(cell(instance, 4), pointers.values_ptr);
    memory.set(cell(instance, 5), pointers.offsets_ptr);
    memory.set(cell(instance, 6), pointers.n);
  }
  /// Appends a batch of these operations; gives the address of its values.
  uint32_t add(const Integer& p, const std::vector<Operation>& operations) {
    const uint32_t offsets = free_;
    const uint32_t values = offsets + 3 * static_cast<uint32_t>(operations.size());
    free_ = values + 12 * static_cast<uint32_t>(operations.size());
    for (uint32_t i = 0; i < operations.size(); ++i) {
      put_instance(next_++, p,
                   {values, offsets + 3 * i, static_cast<int64_t>(operations.size() - i)});
      const Integer* const number[] = {&operations[i].a, &operations[i].b, &operations[i].c};
      for (uint32_t j = 0; j < 3; ++j) {
        memory.set(offsets + 3 * i + j, 12 * i + 4 * j);
        put_number(values + 12 * i + 4 * j, *number[j]);
      }
    }
    return values;
  }
  uint32_t instances() const { return instances_; }
  Image image() const { return memory.image(); }

  one_chip::Memory memory;

 private:
  static Integer word_of(const Integer& x, int i) {
    return Integer(x.low_bits(96 * i + 64, 32)) * Integer::power(64) + x.low_bits(96 * i, 64);
  }
  uint32_t instances_, next_ = 0, free_ = 0;
};

template <class Chip>
constexpr bool kAdds = std::is_same_v<Chip, AddMod>;

template <class Chip>
Integer apply(const Integer& a, const Integer& b) {
  return kAdds<Chip> ? a + b : a * b;
}
/// a op b = c + k p for the largest k that the chip allows.
template <class Chip>
Operation solve(const Integer& a, const Integer& b, const Integer& p) {
  const Integer value = apply<Chip>(a, b);
  if (p == Integer()) return {a, b, value};
  const Integer bound = p * (kAdds<Chip> ? Integer(2) : kTwo384);
  if (value < bound) return {a, b, value % p};
  return {a, b, value - (bound - p)};
}

template <class Chip>
Part whole(const Batches& b) {
  return one_chip::builtin_part<Chip>(Batches::kBegin, b.end());
}
/// Whether the chip accepts this single operation, with the witness that fill() finds.
template <class Chip>
bool accepts(const Integer& p, const Operation& o) {
  Batches b(1);
  b.add(p, {o});
  const Image image = b.image();
  const Part part = whole<Chip>(b);
  ModIntegers m;
  fill_mod_instance<Chip::kLimbs, Chip::kLimbBits>(image, Batches::kBegin, m);
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
class ModBuiltins : public testing::Test {
 protected:
  /// Three batches over edges: of 3, 1 and 2 instances.
  static Batches example() {
    const Integer p = bls_prime(), all = kTwo384 - 1;
    Batches b(6);
    b.add(p, {solve<Chip>(p - 1, p - 1, p), solve<Chip>(Integer(7), p - 2, p),
              solve<Chip>(p - 1, Integer(1), p)});
    b.add(Integer(5), {solve<Chip>(Integer(4), Integer(3), Integer(5))});
    b.add(all, {solve<Chip>(all - 1, all - 1, all), solve<Chip>(all, all, all)});
    return b;
  }
};

using Both = testing::Types<AddMod, MulMod>;
TYPED_TEST_SUITE(ModBuiltins, Both);

TYPED_TEST(ModBuiltins, BatchesHold) {
  const Batches b = this->example();

  one_chip::expect_honest<TypeParam>(b.image(), whole<TypeParam>(b));
}

TYPED_TEST(ModBuiltins, BatchesMayBeCutByParts) {
  const Batches b = this->example();
  for (uint32_t cut = 1; cut < b.instances(); ++cut) {
    const uint32_t middle = b.cell(cut, 0);

    one_chip::expect_honest<TypeParam>(b.image(),
                                       one_chip::builtin_part<TypeParam>(Batches::kBegin, middle));
    one_chip::expect_honest<TypeParam>(b.image(),
                                       one_chip::builtin_part<TypeParam>(middle, b.end()));
  }
}

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
  const Batches b = this->example();
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

/// Whether some choice of the cells that say how row 1 goes on from row 0 is accepted.
template <class Chip>
bool goes_on(const Batches& b) {
  const Image image = b.image();
  const Part part = whole<Chip>(b);
  for (const int continues : {0, 1, -1, 2}) {
    for (int previous_n = -3; previous_n < 8; ++previous_n) {
      auto row = one_chip::fill<Chip>(image, part, 1);
      row.instance.continues = continues;
      row.instance.previous_n = previous_n;
      if (one_chip::accepted<Chip>(image, part, 1, row)) return true;
    }
  }
  return false;
}

/// Two instances of one batch, the second one spoiled.
template <class Chip>
struct SecondInstance {
  Integer p = 101;
  Batches b{3};
  Pointers second;

  SecondInstance() {
    b.add(p, {solve<Chip>(100, 99, p), solve<Chip>(7, 8, p), solve<Chip>(1, 1, p)});
    const auto value = [&](uint32_t i) { return int64_t{b.memory.cell(b.cell(1, i)).value()}; };
    second = {value(4), value(5), value(6)};
  }
  bool goes_on_with(const Integer& modulus, const Pointers& pointers) {
    b.put_instance(1, modulus, pointers);
    return goes_on<Chip>(b);
  }
};

TYPED_TEST(ModBuiltins, ABatchGoesOnAsItBegan) {
  {
    SecondInstance<TypeParam> i;
    EXPECT_TRUE(i.goes_on_with(i.p, i.second));
  }
  {
    SecondInstance<TypeParam> i;  // 101 divides the values' differences by 7 * 101 too
    EXPECT_FALSE(i.goes_on_with(Integer(1), i.second)) << "another modulus";
  }
  for (const int64_t n : {-1, 0, 1, 3, 4}) {
    SecondInstance<TypeParam> i;
    EXPECT_FALSE(i.goes_on_with(i.p, {i.second.values_ptr, i.second.offsets_ptr, n})) << n;
  }
  {
    // The same values under other pointers: only the pointers are wrong.
    SecondInstance<TypeParam> i;
    const uint32_t copy = i.b.memory.end();
    for (uint32_t j = 0; j < 36; ++j) {
      i.b.memory.set_cell(copy + j,
                          i.b.memory.cell(static_cast<uint32_t>(i.second.values_ptr) + j));
    }
    EXPECT_FALSE(i.goes_on_with(i.p, {copy, i.second.offsets_ptr, i.second.n}));
  }
  for (const int by : {-3, 3, 1}) {
    SecondInstance<TypeParam> i;
    EXPECT_FALSE(i.goes_on_with(i.p, {i.second.values_ptr, i.second.offsets_ptr + by, i.second.n}))
        << by;
  }
}

TYPED_TEST(ModBuiltins, ABatchMustNotBeginBeforeTheLastEnds) {
  // A fresh batch of one where instance 2 of 3 should stand.
  SecondInstance<TypeParam> i;
  const uint32_t values = i.b.memory.end();
  i.b.put_number(values, 0);
  for (uint32_t j = 0; j < 3; ++j) i.b.memory.set(values + 4 + j, 0);

  EXPECT_FALSE(i.goes_on_with(Integer(2), {values, values + 4, 1}));

  // It may where the instance before has n = 1.
  i.b.memory.set(i.b.cell(0, 6), 1);
  EXPECT_TRUE(goes_on<TypeParam>(i.b));
}

TYPED_TEST(ModBuiltins, AnythingBeforeTheSegmentOnlyAddsConstraints) {
  // The cell before the first instance is the prover's: what it may do is compare more.
  Batches b = this->example();
  b.memory.set(Batches::kBegin - 1, 4);  // n = 3 goes on from it, if the rest were there
  const Part part = whole<TypeParam>(b);
  const Image image = b.image();
  auto row = one_chip::fill<TypeParam>(image, part, 0);
  EXPECT_EQ(row.instance.continues, KoalaBear(1));

  EXPECT_FALSE(one_chip::accepted<TypeParam>(image, part, 0, row));
  row.instance.continues = 0;
  EXPECT_FALSE(one_chip::accepted<TypeParam>(image, part, 0, row));
}

TYPED_TEST(ModBuiltins, SwappedResultsAreRefused) {
  Batches b = this->example();
  const uint32_t offsets = static_cast<uint32_t>(b.memory.cell(b.cell(0, 5)).value());
  const Cell first = b.memory.cell(offsets + 2), second = b.memory.cell(offsets + 5);
  b.memory.set_cell(offsets + 2, second);
  b.memory.set_cell(offsets + 5, first);
  const Image image = b.image();
  const Part part = whole<TypeParam>(b);
  for (uint32_t row = 0; row < 2; ++row) {
    EXPECT_FALSE(one_chip::accepted<TypeParam>(image, part, row,
                                               one_chip::fill<TypeParam>(image, part, row)));
  }
}

TYPED_TEST(ModBuiltins, AMissingInstanceIsRefused) {
  // A batch of 3, of which the rows leave out the second: its cells come right after the first's.
  SecondInstance<TypeParam> i;
  const uint32_t offsets = static_cast<uint32_t>(i.second.offsets_ptr) + 3;

  EXPECT_FALSE(i.goes_on_with(i.p, {i.second.values_ptr, offsets, 1}));
}

TYPED_TEST(ModBuiltins, PaddingSaysNothing) {
  const Batches b = this->example();
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

TEST(ModBuiltinBounds, SumsDoNotWrap) {
  IntervalEvaluator<AddMod::Columns> e;
  const auto fill = [](auto& number) {
    for (int w = 0; w < kModWords; ++w) {
      for (int j = 0; j < AddMod::kLimbs; ++j) {
        number.limb[w][j] = {0, (1 << (j == 3 ? AddMod::kTopBits : AddMod::kLimbBits)) - 1};
      }
    }
  };
  fill(e.cells.instance.p);
  for (int i = 0; i < 3; ++i) fill(e.cells.instance.operand[i]);
  e.cells.takes_p = {0, 1};
  set_all(e.cells.carry, {-1, 1});
  e.name = "a + b = c + s p";

  AddMod::evaluate(e);

  EXPECT_GT(e.widest.high, 1 << 28);
  EXPECT_TRUE(e.widest.inside(1 - int64_t{KoalaBear::kModulus}, KoalaBear::kModulus - 1));
}

TEST(ModBuiltinBounds, HonestSumsCarryByOne) {
  for (const int bits : {AddMod::kLimbBits, AddMod::kTopBits}) {
    const Interval limb{0, (int64_t{1} << bits) - 1};
    const Interval sum = limb + limb - limb - limb + Interval{-1, 1};
    EXPECT_GT(sum.low, -(int64_t{2} << bits));
    EXPECT_LT(sum.high, int64_t{2} << bits);
  }
}

void set_limbs(MulMod::Limbs<Interval>& limbs, int64_t top) {
  for (int w = 0; w < kModWords; ++w) {
    for (int j = 0; j < MulMod::kLimbs; ++j) {
      limbs[w][j] = {0, j == MulMod::kLimbs - 1 ? top : 511};
    }
  }
}

TEST(ModBuiltinBounds, ProductsDoNotWrap) {
  IntervalEvaluator<MulMod::Columns> e;
  set_limbs(e.cells.instance.p.limb, 63);
  for (int i = 0; i < 3; ++i) set_limbs(e.cells.instance.operand[i].limb, 63);
  set_limbs(e.cells.quotient, 511);
  set_all(e.cells.carry, {-MulMod::kCarryBias, MulMod::kCarryBias - 1});
  ASSERT_EQ(2 * MulMod::kCarryBias, 1 << MulMod::kCarryBits);
  e.name = "a b = c + q p";

  MulMod::evaluate(e);

  EXPECT_GT(e.widest.high, 1 << 27);
  EXPECT_TRUE(e.widest.inside(1 - int64_t{KoalaBear::kModulus}, KoalaBear::kModulus - 1))
      << e.widest.low << " " << e.widest.high;
}

TEST(ModBuiltinBounds, HonestCarriesFitTheirLookup) {
  MulMod::Limbs<Interval> limbs;
  set_limbs(limbs, 63);
  const auto z = MulMod::digits<Interval>(limbs, limbs, limbs, limbs, limbs);
  Interval carry, widest;
  for (int i = 0; i < MulMod::kDigits - 1; ++i) {
    EXPECT_TRUE(z[i].inside(-88000000, 88000000)) << z[i].low << " " << z[i].high;  // 2^26.4
    const int bits = i % MulMod::kLimbs == MulMod::kLimbs - 1 ? 6 : 9;
    const Interval sum = z[i] + carry;
    carry = {-(-sum.low >> bits), sum.high >> bits};  // exact quotients: rounded to zero
    widest = {std::min(widest.low, carry.low), std::max(widest.high, carry.high)};
  }
  EXPECT_TRUE(widest.inside(-151228, 151228)) << widest.low << " " << widest.high;
  EXPECT_LT(151228, MulMod::kCarryBias);
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
