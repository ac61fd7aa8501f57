// Witnesses that a dishonest prover would try (design: cairo-air.md 16 b, cairo-air-review.md),
// each at the chip or the bus that must stop it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "air/check.hpp"
#include "tests/air/every_opcode.hpp"
#include "tests/air/naive_felt.hpp"
#include "tests/air/row_tools.hpp"
#include "tests/support/random.hpp"

namespace cairn {
namespace {

using testing::Contains;
using testing::HasSubstr;

template <class Chip>
Evaluation evaluate_columns(const typename Chip::template Columns<KoalaBear>& columns) {
  FilledRow row{};
  const auto* cells = reinterpret_cast<const KoalaBear*>(&columns);
  row.chip = static_cast<uint32_t>(kChipId<Chip>);
  row.main.assign(cells, cells + kShape<Chip>.columns);
  row.next = row.main;
  return evaluate(row);
}

bool breaks(const Evaluation& result, const std::string& name) {
  for (const BrokenConstraint& b : result.broken) {
    if (b.name == name) return true;
  }
  return false;
}

TEST(Adversary, ZeroAndPrimeAreNoBigValues) {
  Random random(6);
  for (int i = 0; i < 100; ++i) {
    BigValues::Columns<KoalaBear> c{};
    c.inverse[0] = random.koala_bear();
    c.inverse[1] = random.koala_bear();
    c.limb = limbs9_of<kLimbs9>(Felt{});
    EXPECT_TRUE(breaks(evaluate_columns<BigValues>(c), "the value is not 0"));
    c.limb = limbs9_of<kLimbs9>(kCairoPrime);
    EXPECT_TRUE(breaks(evaluate_columns<BigValues>(c), "the value is not P"));
  }
}

TEST(Adversary, ZeroIsNoMidValue) {
  Random random(7);
  for (int i = 0; i < 100; ++i) {
    MidValues::Columns<KoalaBear> c{};
    c.inverse[0] = random.koala_bear();
    EXPECT_TRUE(breaks(evaluate_columns<MidValues>(c), "the value is not 0"));
  }
}

TEST(Adversary, ZeroDoesNotJump) {
  Random random(8);
  for (int i = 0; i < 100; ++i) {
    JnzTaken::Columns<KoalaBear> c{};
    c.step.r.en = 1;
    c.condition = {0, Cell::kBias};
    c.inverse = random.koala_bear();
    EXPECT_TRUE(breaks(evaluate_columns<JnzTaken>(c), "the condition is not 0"));
  }
}

TEST(Adversary, FlagsAreBits) {
  // f5 = dst_fp + 2 op0_fp + 4 op1_imm + 8 op1_fp + 16 (1 - op1_imm - op1_fp) + ...: other numbers
  // give the same sum, and address columns can follow them.
  AddSmall::Columns<KoalaBear> honest{};
  ArithmeticStep<KoalaBear>& c = honest.step;
  c.r = {1, 10, 200, 100};
  c.op0.is_fp = 1;
  const auto addresses = [&] {
    const KoalaBear up = c.r.fp - c.r.ap;
    c.dst.address = c.r.ap + c.dst.is_fp * up + c.dst.offset;
    c.op0.address = c.r.ap + c.op0.is_fp * up + c.op0.offset;
    c.op1.address =
        c.r.ap + c.op1.is_immediate * (c.r.pc - c.r.ap) + c.op1.is_fp * up + c.op1.offset;
  };
  addresses();
  const Evaluation before = evaluate_columns<AddSmall>(honest);
  ASSERT_TRUE(before.broken.empty());
  const auto flags_of = [](const Evaluation& e) { return e.terms[2].message.coordinate[4]; };

  c.dst.is_fp = 2;
  c.op0.is_fp = 0;
  addresses();
  const Evaluation after = evaluate_columns<AddSmall>(honest);

  EXPECT_EQ(flags_of(after), flags_of(before));
  EXPECT_TRUE(breaks(after, "dst"));

  c.dst.is_fp = 0;
  c.op0.is_fp = 1;
  c.op1.is_immediate = 2;  // 4 * 2 + 8 * -3 + 16 * (1 - 2 + 3) = 16
  c.op1.is_fp = -3;
  c.op1.offset = 1;
  addresses();
  const Evaluation source = evaluate_columns<AddSmall>(honest);

  EXPECT_EQ(flags_of(source), flags_of(before));
  EXPECT_TRUE(breaks(source, "op1_imm is boolean"));
  EXPECT_TRUE(breaks(source, "op1_fp is boolean"));
}

TEST(Adversary, EnIsABitOfEveryOpcode) {
  for_each_chip([]<class Chip>() {
    if constexpr (Chip::kKind == Kind::kOpcode) {
      typename Chip::template Columns<KoalaBear> c{};
      reinterpret_cast<KoalaBear*>(&c)[0] = KoalaBear(-1);
      EXPECT_TRUE(breaks(evaluate_columns<Chip>(c), "en is boolean")) << Chip::kName;
    }
  });
}

/// Whether some `high` makes both range checks of ADD_AP hold for this new ap.
bool ap_fits(int64_t ap, int64_t value) {
  for (int64_t high = 0; high < 1 << AddAp::kHalfBits; ++high) {
    const KoalaBear low = KoalaBear(ap + value) - KoalaBear(high << AddAp::kHalfBits);
    if (low.canonical() < 1u << AddAp::kHalfBits) return true;
  }
  return false;
}

TEST(Adversary, ApDoesNotWrap) {
  EXPECT_TRUE(ap_fits(100, -100));
  EXPECT_TRUE(ap_fits(100, (1 << 28) - 101));
  EXPECT_FALSE(ap_fits(100, -101));
  EXPECT_FALSE(ap_fits(100, (1 << 28) - 100));
  EXPECT_FALSE(ap_fits(100, int64_t{KoalaBear::kModulus} - 1000));
}

TEST(Adversary, ShiftedCarriesHaveNoRangeEntry) {
  const Felt a = naive::minus(kCairoPrime, naive::felt(3)), b = naive::power_of_two(250);
  MulBig::Columns<KoalaBear> c{};
  c.step.r.en = 1;
  c.op0 = limbs9_of<kLimbs9>(a);
  c.op1 = limbs9_of<kLimbs9>(b);
  c.dst = limbs9_of<kLimbs9>(naive::multiply(a, b));
  c.witness = product_witness(a, b, naive::multiply(a, b));
  ASSERT_FALSE(breaks(evaluate_columns<MulBig>(c), "folded product is k P"));
  for (int64_t shift : {int64_t{1} << 20, -(int64_t{1} << 20), int64_t{1} << 19}) {
    for (int i = 0; i < kLimbs9 - 1; ++i) {
      MulBig::Columns<KoalaBear> shifted = c;
      shifted.witness.carry[i] += KoalaBear(shift);

      const Evaluation result = evaluate_columns<MulBig>(shifted);

      EXPECT_TRUE(breaks(result, "folded product is k P"));
      EXPECT_TRUE(std::any_of(result.terms.begin(), result.terms.end(), [](const Term& t) {
        return t.message.bus == Bus::kRange &&
               t.message.coordinate[1].canonical() >= 1u << kProductCarryBits;
      }));
    }
  }
}

/// The run of every opcode, its parts, and what someone makes of them.
struct Forgery {
  SmallRun run = every_opcode();
  Image image = run.image();
  Statement statement = run.statement();
  std::vector<Part> parts = whole_parts(image);

  CheckReport check() { return check_parts(image, statement, parts); }
  Part& part(ChipId chip) {
    return *std::find_if(parts.begin(), parts.end(),
                         [&](const Part& p) { return p.chip == static_cast<uint32_t>(chip); });
  }
};

TEST(Adversary, DuplicatedMemoryRangeIsUnbalanced) {
  Forgery f;
  f.parts.push_back(f.part(ChipId::kMemory));

  const CheckReport report = f.check();

  EXPECT_THAT(report.failures, Contains(HasSubstr("bus memory (")));
}

TEST(Adversary, SkippedMemoryRangeIsUnbalanced) {
  Forgery f;
  Part& part = f.part(ChipId::kMemory);
  part.range_begin += 1;
  part.range_end += 1;

  const CheckReport report = f.check();

  EXPECT_THAT(report.failures, Contains(HasSubstr("bus memory (1, ")));
}

TEST(Adversary, SkippedRangeCheckIsForTheVerifierToSee) {
  Forgery f;
  Part& part = f.part(ChipId::kRangeCheck128);
  const CheckReport honest = f.check();
  ASSERT_TRUE(honest.ok());
  // One cell less is checked: nothing is unbalanced, only the verifier's chain of addresses tells.
  part.range_end -= 1;

  EXPECT_TRUE(f.check().ok());
}

TEST(Adversary, ValueAbove2To128HasNoLimbs) {
  Forgery f;
  const uint32_t address = f.part(ChipId::kRangeCheck128).range_begin;
  f.run.memory().set(address, naive::power_of_two(128));
  f.image = f.run.memory().finish();

  const CheckReport report = f.check();

  EXPECT_THAT(report.failures, Contains(HasSubstr("RC128 part")));
}

TEST(Adversary, DanglingIndexHasNoValue) {
  Forgery f;
  f.image.big_count -= 1;
  f.parts = whole_parts(f.image);

  const CheckReport report = f.check();

  EXPECT_THAT(report.failures, Contains(HasSubstr("uses a message that no table provides")));
}

TEST(Adversary, OtherOutputIsUnbalanced) {
  Forgery f;
  f.statement.output[0] = naive::felt(8);

  EXPECT_THAT(f.check().failures, Contains("the statement uses a message that no table provides"));
}

TEST(Adversary, OtherBigOutputIsUnbalanced) {
  Forgery f;
  f.statement.output[2] = naive::add(f.statement.output[2], naive::felt(1));

  EXPECT_THAT(f.check().failures,
              Contains(testing::AllOf(HasSubstr("bus value27 ("), HasSubstr("by the statement"))));
}

TEST(Adversary, ImmediateOutputAsBigValueNeedsARow) {
  Forgery f;
  f.statement.output_cells[0] = f.statement.output_cells[1];  // 7, said to be the word of 2^100

  EXPECT_THAT(f.check().failures, Contains(HasSubstr("bus value27 (")));
}

TEST(Adversary, OtherMainIsUnbalanced) {
  Forgery f;
  f.statement.main += 1;

  EXPECT_THAT(f.check().failures, Contains(HasSubstr("bus state (")));
}

TEST(Adversary, OtherProgramWordIsUnbalanced) {
  Forgery f;
  f.statement.program[f.statement.main].word[0] ^= 1;

  EXPECT_FALSE(f.check().ok());
}

TEST(Adversary, ChangedCellBreaksWhoeverReadsIt) {
  Forgery f;
  Cell* cell = &f.run.memory().cells()[f.statement.execution_base + 4];  // [fp] = 5
  cell->bits += 1;

  const CheckReport report = f.check();

  EXPECT_THAT(report.failures, Contains(HasSubstr("AEQ_I part")));
  EXPECT_THAT(report.failures, Contains(HasSubstr("ADD_S part")));
}

TEST(Adversary, WrongChipForAnInstructionIsNamed) {
  // The row of a jump that is taken, given to the chip of those that are not.
  Forgery f;
  const uint32_t taken = static_cast<uint32_t>(ChipId::kJnzTaken);
  const uint32_t not_taken = static_cast<uint32_t>(ChipId::kJnzNotTaken);
  ASSERT_EQ(not_taken + 1, taken);
  f.image.state_begin[taken] += 1;
  f.parts = whole_parts(f.image);

  const CheckReport report = f.check();

  EXPECT_THAT(report.failures, Contains(HasSubstr("JNZ_N part")));
}

}  // namespace
}  // namespace cairn
