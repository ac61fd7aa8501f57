// The PEDERSEN chips: known answers, whole instances in balance, changed cells noticed, forged
// chains refused.
#include "core/pedersen.hpp"

#include <algorithm>
#include <iterator>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "air/chips/pedersen_points.hpp"
#include "air/chips/pedersen_step.hpp"
#include "core/curve.hpp"
#include "tests/air/builtin_trace.hpp"
#include "tests/air/forced_witness.hpp"
#include "tests/air/naive_felt.hpp"
#include "tests/support/random.hpp"

namespace cairn {
namespace {

using testing::Contains;
using testing::IsEmpty;

using Step = Trace<PedersenStep>;
using Opener = Trace<Pedersen>;

bool in_point_table(const ClearMessage& m) {
  if (m.bus != Bus::kPedersenPoint || m.length != kShape<PedersenPoints>.fixed) return false;
  const uint32_t row = m.coordinate[0].canonical() * 512 + m.coordinate[1].canonical();
  if (m.coordinate[1].canonical() >= 512 || row >= kPedersenPoints) return false;
  for (int i = 0; i < m.length; ++i) {
    if (!(PedersenPoints::fixed(i, row, PedersenPoints::kLogHeight) == m.coordinate[i])) {
      return false;
    }
  }
  return true;
}

std::vector<Felt> cells_of(std::initializer_list<std::array<const char*, 3>> instances) {
  std::vector<Felt> cells;
  for (const auto& instance : instances) {
    for (const char* value : instance) cells.push_back(parse_felt(value));
  }
  return cells;
}

/// From the published crate starknet-types-core 0.2.4, and all instances of the PIE of the first
/// block of a chain (snos/genesis-6k).
std::vector<Felt> known_instances() {
  return cells_of({
      {"0x0", "0x0", "0x49ee3eba8c1600700ee1b87eb599f16716b0b1022947733551fde4050ca6804"},
      {"0x1", "0x2", "0x5bb9440e27889a364bcb678b1f679ecd1347acdedcbf36e83494f857cc58026"},
      {"0xffffffffffffffff", "0x7",
       "0x7b7a0c36ebfe41e0ac0051c8b5334b6c4429275b9b781093d713ee1ac8d9b1"},
      {"0x800000000000011000000000000000000000000000000000000000000000000",
       "0x800000000000011000000000000000000000000000000000000000000000000",
       "0x7258fccaf3371fad51b117471d9d888a1786c5694c3e6099160477b593a576e"},
      {"0x80", "0x0", "0x41e158f6df25fc003f27924cc20e9a6d518a842cb09ba6192d3a2e3d4526d25"},
      {"0x0", "0x41e158f6df25fc003f27924cc20e9a6d518a842cb09ba6192d3a2e3d4526e20",
       "0x46a5b21b05ec9a90fc75fd3826a11906135bbcb9e462d547b4629b6fc7175a1"},
      {"0x46a5b21b05ec9a90fc75fd3826a11906135bbcb9e462d547b4629b6fc7175a1", "0x0",
       "0x37d517b78b14dd8f50f11dbc92f08be3c9b1e7bc9dfb0cd4b83eb46c34b66b6"},
      {"0x37d517b78b14dd8f50f11dbc92f08be3c9b1e7bc9dfb0cd4b83eb46c34b66b6", "0x0",
       "0x2f84fd0707d8246348f2f814852e77a75d261625fe1c4a16161cc7ac2dcb807"},
      {"0x2f84fd0707d8246348f2f814852e77a75d261625fe1c4a16161cc7ac2dcb807", "0x2",
       "0x3c538d437670f4c6f72dd799f215a007720ec7d19bc64195c96399145d87374"},
      {"0x0", "0x537461726b6e65744f73436f6e66696733",
       "0x57581f63d573da94f8e763e0b7b8fc02f15223b4f3e1525a1d9a4842b4d370f"},
      {"0x57581f63d573da94f8e763e0b7b8fc02f15223b4f3e1525a1d9a4842b4d370f",
       "0x434841494e5f49445f535542444952",
       "0x74edf8cb0e254bb07b6f89f12a6e28bf01b2226cf3212e8fd3f09b9962f1187"},
      {"0x74edf8cb0e254bb07b6f89f12a6e28bf01b2226cf3212e8fd3f09b9962f1187",
       "0x1a465ff487205d561821685efff4903cb07d69f014b1688a560f8c6380cd025",
       "0x31b88ad8936da484b0c62e5baaabda26e8bd807fff489e46f609f738a79144a"},
      {"0x31b88ad8936da484b0c62e5baaabda26e8bd807fff489e46f609f738a79144a", "0x3",
       "0x49bc6572fc59c0a1fd2f2c1b3efa02796881a3b03c8e08cfecfd89280430bad"},
  });
}

RowsOutcome outcome_of(const Image& image, const Opener& opener, const Step& steps) {
  RowsOutcome outcome;
  OutcomeSink sink(image, outcome);
  sink.in_table = in_point_table;
  opener.evaluate(sink);
  steps.evaluate(sink);
  return outcome;
}

/// A few instances, opened and computed.
struct Job {
  explicit Job(const std::vector<Felt>& values)
      : memory(values),
        opener(fill_trace<Pedersen>(memory.image, 0, memory.instances())),
        steps(fill_trace<PedersenStep>(memory.image, 0, memory.instances())) {}

  RowsOutcome outcome() const { return outcome_of(memory.image, opener, steps); }

  BuiltinImage<Pedersen> memory;
  Opener opener;
  Step steps;
};

std::vector<Felt> first_known(size_t instances) {
  std::vector<Felt> values = known_instances();
  values.resize(3 * instances);
  return values;
}

TEST(Pedersen, KnownInstancesHold) {
  const Job job(known_instances());
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
  std::vector<Felt> values = known_instances();
  values.erase(values.begin(), values.end() - 6);
  std::copy(values.begin(), values.begin() + 3, values.begin() + 3);
  const Job job(values);
  EXPECT_THAT(free_cells(job.opener, {0, 1}, job.memory.image, in_point_table), IsEmpty());
  // Padding may hold any limbs; not its flags, nor its address.
  const std::vector<std::string> padding =
      free_cells(job.opener, {2}, job.memory.image, in_point_table);
  EXPECT_THAT(padding, testing::Not(Contains("2:0")));
  EXPECT_THAT(padding, testing::Not(Contains("2:1")));

  EXPECT_THAT(free_cells(job.steps, {1, 7, 27, 28, 54}, job.memory.image, in_point_table),
              IsEmpty());
}

TEST(Pedersen, FreeCellsOfABlocksEndsAreKnown) {
  const Job job(first_known(2));
  constexpr int kSlope = 4, kXWitness = 4 + 4 * kLimbs9 + 2,
                kColumns = kShape<PedersenStep>.columns;
  // Row 0's slope is multiplied by 0: x_0 is the point's.
  std::vector<std::string> expected;
  for (int i = 0; i < kLimbs9; ++i) expected.push_back("0:" + std::to_string(kSlope + i));
  EXPECT_THAT(free_cells(job.steps, {0}, job.memory.image, in_point_table),
              testing::IsSubsetOf(expected));
  // The last row links nothing, so its witnesses say nothing; signs are still bits.
  expected.clear();
  for (int i = kXWitness; i < kColumns; ++i) expected.push_back("55:" + std::to_string(i));
  EXPECT_THAT(free_cells(job.steps, {55}, job.memory.image, in_point_table),
              testing::IsSubsetOf(expected));
}

TEST(Pedersen, WrongResultIsRefused) {
  std::vector<Felt> values = first_known(2);
  values[2] = naive::add(values[2], naive::felt(1));
  const RowsOutcome outcome = Job(values).outcome();
  EXPECT_THAT(outcome.broken, IsEmpty());  // all is well but for the chain
  EXPECT_GT(outcome.chains.unbalanced_count(), 0u);
}

TEST(Pedersen, SwappedResultsAreRefused) {
  std::vector<Felt> values = first_known(3);
  std::swap(values[2], values[5]);
  EXPECT_GT(Job(values).outcome().chains.unbalanced_count(), 0u);
}

TEST(Pedersen, SwappedLabelsAreRefused) {
  Job job(first_known(2));
  for (uint32_t row = 0; row < 112; ++row) {
    job.steps.rows[row].label = job.opener.rows[row < 56 ? 1 : 0].address;
  }
  const RowsOutcome outcome = job.outcome();
  EXPECT_THAT(outcome.broken, IsEmpty());
  EXPECT_GT(outcome.chains.unbalanced_count(), 0u);
}

TEST(Pedersen, AnInstanceLeftOutIsRefused) {
  const Job job(first_known(3));
  // Its steps are there, its opener is not: the digits and the result stay on the bus.
  Opener fewer = fill_trace<Pedersen>(job.memory.image, 0, 2);
  EXPECT_TRUE(outcome_of(job.memory.image, job.opener, job.steps).sound());
  EXPECT_FALSE(outcome_of(job.memory.image, fewer, job.steps).sound());
  // Its opener is there, its steps are not.
  const Step two = fill_trace<PedersenStep>(job.memory.image, 0, 2);
  EXPECT_FALSE(outcome_of(job.memory.image, job.opener, two).sound());
  // Its opener is padding while the range still covers it.
  fewer.part.range_end = job.opener.part.range_end;
  EXPECT_THAT(outcome_of(job.memory.image, fewer, two).broken,
              Contains("padding starts at range_end"));
}

TEST(Pedersen, DoubleBlocksAreRefused) {
  Job job(first_known(1));
  Step twice = fill_trace<PedersenStep>(job.memory.image, 0, 1);
  twice.rows.insert(twice.rows.end(), job.steps.rows.begin(), job.steps.rows.end());
  twice.part.log_height = 7;
  const RowsOutcome outcome = outcome_of(job.memory.image, job.opener, twice);
  EXPECT_THAT(outcome.broken, IsEmpty());
  EXPECT_GT(outcome.chains.unbalanced_count(), 0u);
}

TEST(Pedersen, BlocksOfOtherFormsAreRefused) {
  const Job honest(first_known(1));
  const auto refused = [&](auto change) {
    Step steps = honest.steps;
    change(steps.rows);
    return !outcome_of(honest.memory.image, honest.opener, steps).sound();
  };
  using Rows = std::vector<Step::Row>;
  EXPECT_FALSE(refused([](Rows&) {}));
  // A block may stand anywhere, even across the end of the part.
  EXPECT_FALSE(refused([](Rows& rows) { std::rotate(rows.begin(), rows.end() - 3, rows.end()); }));
  EXPECT_FALSE(
      refused([](Rows& rows) { std::rotate(rows.begin(), rows.begin() + 9, rows.end()); }));
  // Cut in two; without its first or last step; two steps exchanged.
  EXPECT_TRUE(refused([](Rows& rows) { rows[30].link = 0; }));
  EXPECT_TRUE(refused([](Rows& rows) {
    rows[30].link = 0;
    rows[31].start = 1;
  }));
  EXPECT_TRUE(refused([](Rows& rows) { rows[0] = {}; }));
  EXPECT_TRUE(refused([](Rows& rows) {
    rows[55] = {};
    rows[54].link = 0;
  }));
  EXPECT_TRUE(refused([](Rows& rows) { std::swap(rows[7], rows[8]); }));
  EXPECT_TRUE(refused([](Rows& rows) { std::swap(rows[7].step, rows[8].step); }));
  // Linked from padding instead of started.
  EXPECT_TRUE(refused([](Rows& rows) {
    rows[0].start = 0;
    rows.back().link = 1;
  }));
  EXPECT_TRUE(refused([](Rows& rows) {
    rows[0].start = 0;
    rows.back().link = 1;
    rows.back().en = 1;
  }));
}

TEST(Pedersen, ADigitsOtherPointIsRefused) {
  // The digit of step 3 is another one: the opener's digit stays on the bus.
  Job job(first_known(2));
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
  const Job job(first_known(3));
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
    std::vector<Felt> values = first_known(1);
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
