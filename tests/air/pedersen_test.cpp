// The PEDERSEN chips: known answers, whole instances in balance, changed cells noticed, forged
// chains refused.
#include "core/pedersen.hpp"

#include <algorithm>
#include <iterator>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/curve.hpp"
#include "tests/air/block_job.hpp"
#include "tests/air/forced_witness.hpp"
#include "tests/air/naive_felt.hpp"
#include "tests/support/pedersen_instances.hpp"
#include "tests/support/random.hpp"

namespace cairn {
namespace {

using testing::Contains;
using testing::IsEmpty;

using Job = BlockJob<PedersenBlocks>;
using Step = Job::Steps;
using Opener = Job::Opener;

TEST(Pedersen, KnownInstancesHold) {
  const Job job(pedersen_instances());
  const RowsOutcome outcome = job.outcome();
  EXPECT_THAT(outcome.broken, IsEmpty());
  EXPECT_THAT(outcome.invalid, IsEmpty());
  EXPECT_EQ(outcome.chains.unbalanced_count(), 0u);
}

TEST(Pedersen, AnyInstancesHold) {
  Random random(11);
  std::vector<Felt> values;
  for (int i = 0; i < 12; ++i) {
    const Felt a = random.odd_felt(), b = random.odd_felt();
    values.insert(values.end(), {a, b, pedersen(a, b)});
  }
  EXPECT_TRUE(Job(values).outcome().sound());
}

TEST(Pedersen, CostsWhatTheTextSays) {
  constexpr int kCells = kShape<Pedersen>.cells() + static_cast<int>(PedersenStep::kRowsPerCall) *
                                                        kShape<PedersenStep>.cells();
  EXPECT_EQ(kShape<Pedersen>.cells(), 263);
  EXPECT_EQ(kShape<PedersenStep>.columns, 184);
  EXPECT_EQ(kShape<PedersenStep>.fractions, 87);
  EXPECT_EQ(kCells, 22887);
}

TEST(Pedersen, TableIsLinearInTheDigits) {
  // -T[0][0] + T[1][0] + ... is the shift point; T[s][d] and T[s][e] for d and e without common
  // bits have the sum of T[s][d + e] and T[s][0].
  const std::vector<CurvePoint>& table = pedersen_table();
  ASSERT_EQ(table.size(), 56u * 512);
  JacobianPoint sum = -table[0];
  for (size_t s = 1; s < 56; ++s) sum = add(sum, table[512 * s]);
  const JacobianPoint sums[] = {sum};
  EXPECT_EQ(to_affine(sums)[0], kPedersenShift);
  for (const CurvePoint& p : table) EXPECT_TRUE(is_on_curve(p));
  for (size_t s = 0; s < 56; ++s) {
    const CurvePoint* t = &table[512 * s];
    const JacobianPoint both[] = {add(t[0x0aa], t[0x155]), add(t[0x1ff], t[0])};
    const std::vector<CurvePoint> affine = to_affine(both);
    EXPECT_EQ(affine[0], affine[1]) << s;
  }
}

TEST(Pedersen, EveryCellMatters) {
  // Of values with no zero limbs: `middle` is free where limbs 0 to 20 are all 0.
  std::vector<Felt> values = pedersen_instances();
  values.erase(values.begin(), values.end() - 6);
  std::copy(values.begin(), values.begin() + 3, values.begin() + 3);
  const Job job(values);
  EXPECT_THAT(free_cells(job.opener, {0, 1}, job.memory.image, Job::in_table), IsEmpty());
  // Padding may hold any limbs; not its flags, nor its address.
  const std::vector<std::string> padding =
      free_cells(job.opener, {2}, job.memory.image, Job::in_table);
  EXPECT_THAT(padding, testing::Not(Contains("2:0")));
  EXPECT_THAT(padding, testing::Not(Contains("2:1")));

  EXPECT_THAT(free_cells(job.steps, {1, 7, 27, 28, 54}, job.memory.image, Job::in_table),
              IsEmpty());
}

TEST(Pedersen, FreeCellsOfABlocksEndsAreKnown) {
  const Job job(Job::first_known(2));
  constexpr int kSlope = 4, kXWitness = 4 + 4 * kLimbs9 + 2,
                kColumns = kShape<PedersenStep>.columns;
  // Row 0's slope is multiplied by 0: x_0 is the point's.
  std::vector<std::string> expected;
  for (int i = 0; i < kLimbs9; ++i) expected.push_back("0:" + std::to_string(kSlope + i));
  EXPECT_THAT(free_cells(job.steps, {0}, job.memory.image, Job::in_table),
              testing::IsSubsetOf(expected));
  // The last row links nothing, so its witnesses say nothing; signs are still bits.
  expected.clear();
  for (int i = kXWitness; i < kColumns; ++i) expected.push_back("55:" + std::to_string(i));
  EXPECT_THAT(free_cells(job.steps, {55}, job.memory.image, Job::in_table),
              testing::IsSubsetOf(expected));
}

TEST(Pedersen, WrongResultIsRefused) {
  std::vector<Felt> values = Job::first_known(2);
  values[2] = naive::add(values[2], naive::felt(1));
  const RowsOutcome outcome = Job(values).outcome();
  EXPECT_THAT(outcome.broken, IsEmpty());  // all is well but for the chain
  EXPECT_GT(outcome.chains.unbalanced_count(), 0u);
}

TEST(Pedersen, ADigitsOtherPointIsRefused) {
  // The digit of step 3 is another one: the opener's digit stays on the bus.
  Job job(Job::first_known(2));
  const uint32_t row = 56 + 3;
  auto& c = job.steps.rows[row];
  const CurvePoint& p = pedersen_table()[512 * 3 + 77];
  c.digit = 77;
  c.point_x = limbs9_of<kLimbs9>(p.x.integer());
  c.point_y = limbs9_of<kLimbs9>(p.y.integer());
  const RowsOutcome outcome = job.outcome();
  EXPECT_THAT(outcome.invalid, IsEmpty());
  EXPECT_THAT(outcome.broken, Contains("folded product is k P"));
  EXPECT_GT(outcome.chains.unbalanced_count(), 0u);
}

TEST(Pedersen, NoWitnessForAWrongLink) {
  const Job job(Job::first_known(3));
  using Limbs = Array<KoalaBear, kLimbs9>;
  const auto accepted = [](const Step::Row& c, const Step::Row& n) {
    const Limbs slope = balanced(c.slope), next_slope = balanced(n.slope);
    Limbs run, next_run;
    ProductSum<KoalaBear> z = limb_product(next_slope, next_slope);
    for (int i = 0; i < kLimbs9; ++i) {
      z[i] -= c.x[i] + n.point_x[i] + n.x[i];
      run[i] = c.point_x[i] - c.x[i];
      next_run[i] = n.point_x[i] - c.x[i];
    }
    const bool x_fits = witness_exists(z);
    z = add_product(limb_product(next_slope, next_run), slope, run);
    for (int i = 0; i < kLimbs9; ++i) z[i] -= c.point_y[i] + n.point_y[i];
    return std::pair(x_fits, witness_exists<PedersenStep::kWideFirst, PedersenStep::kWideLast>(z));
  };
  Random random(5);
  for (uint32_t row = 0; row < 55; ++row) {
    const Step::Row& c = job.steps.rows[56 * 2 + row];
    const Step::Row& n = job.steps.rows[56 * 2 + row + 1];
    EXPECT_EQ(accepted(c, n), std::pair(true, true));
    Step::Row wrong = n;
    wrong.x = limbs9_of<kLimbs9>(random.felt());
    EXPECT_FALSE(accepted(c, wrong).first);
    wrong = n;
    const int limb = static_cast<int>(random.below(kLimbs9));
    wrong.slope[limb] = (wrong.slope[limb].canonical() + 1 + random.below(510)) & 511;
    EXPECT_EQ(accepted(c, wrong), std::pair(false, false));
    // The slope to the mirrored sum: x agrees, the equation of slopes does not.
    wrong = n;
    for (int i = 0; i < kLimbs9; ++i) wrong.slope[i] = 512 - n.slope[i].canonical();
    EXPECT_EQ(accepted(c, wrong), std::pair(true, false));
  }
}

TEST(Pedersen, ValuesThatAreNotReducedAreRefused) {
  // The same residue with other digits hashes to something else.
  const Felt above = naive::plus(kCairoPrime, naive::felt(5));
  for (int which = 0; which < 2; ++which) {
    std::vector<Felt> values = Job::first_known(1);
    values[which] = above;
    Job job(values);
    for (int tried = 0; tried < 4; ++tried) {
      auto& c = job.opener.rows[0];
      Reduced<KoalaBear>& r = which == 0 ? c.a_reduced : c.b_reduced;
      r.top = tried & 1;
      r.middle = tried >> 1;
      r.excess = r.top * (KoalaBear(above.limb9(21)) - r.middle + 120);
      RowsOutcome outcome;
      OutcomeSink sink(job.memory.image, outcome);
      job.opener.evaluate(sink);
      EXPECT_FALSE(outcome.broken.empty() && outcome.invalid.empty()) << which << " " << tried;
    }
  }
}

TEST(Pedersen, ReducedAcceptsExactlyWhatIsBelowThePrime) {
  const auto accepted = [](const Felt& x, const Reduced<KoalaBear>& r) {
    std::vector<Felt> values = {Felt{}, Felt{}, Felt{}};
    BuiltinImage<Pedersen> memory(values);
    Opener opener = fill_trace<Pedersen>(memory.image, 0, 1);
    opener.rows[0].a = limbs9_of<kLimbs9>(x);
    opener.rows[0].a_reduced = r;
    RowsOutcome outcome;
    OutcomeSink sink(memory.image, outcome);
    opener.evaluate_row(0, sink);
    // The limbs are not those of the cell: one invalid use of value9 is expected.
    return outcome.broken.empty() &&
           std::count(outcome.invalid.begin(), outcome.invalid.end(), "pair9") == 0;
  };
  std::vector<Felt> edges;
  for (const int bit : {0, 1, 188, 189, 192, 196, 197, 198, 242, 243, 250, 251}) {
    for (const int64_t d : {-2, -1, 0, 1, 2}) {
      for (const Felt& base : {Felt{}, kCairoPrime}) {
        const Felt power = naive::power_of_two(bit);
        for (const Felt& x : {naive::plus(base, power), naive::minus(base, power)}) {
          edges.push_back(d < 0 ? naive::minus(x, naive::felt(-d))
                                : naive::plus(x, naive::felt(d)));
        }
      }
    }
  }
  for (const int64_t d : {-2, -1, 0, 1, 2}) {
    edges.push_back(d < 0 ? naive::minus(kCairoPrime, naive::felt(-d))
                          : naive::plus(kCairoPrime, naive::felt(d)));
  }
  int below = 0;
  for (const Felt& x : edges) {
    if (x.word[3] >> 60 != 0) continue;
    bool any = false;
    for (int tried = 0; tried < 4; ++tried) {
      Reduced<KoalaBear> r;
      r.top = tried & 1;
      r.middle = tried >> 1;
      r.excess = r.top * (KoalaBear(x.limb9(21)) - r.middle + 120);
      any = any || accepted(x, r);
    }
    const bool expected = is_below(x, kCairoPrime);
    EXPECT_EQ(any, expected) << to_hex(x);
    if (!expected) continue;
    EXPECT_TRUE(accepted(x, reduced_of(x))) << to_hex(x);
    ++below;
  }
  EXPECT_GT(below, 40);
}

}  // namespace
}  // namespace cairn
