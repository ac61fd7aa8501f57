// The EC_OP chips: instances of real PIEs in balance, changed cells noticed, forged chains refused.
#include <algorithm>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/curve.hpp"
#include "core/pedersen.hpp"
#include "tests/air/block_job.hpp"
#include "tests/air/forced_witness.hpp"
#include "tests/air/naive_felt.hpp"
#include "tests/support/ec_op_instances.hpp"
#include "tests/support/random.hpp"

namespace cairn {
namespace {

using testing::Contains;
using testing::IsEmpty;

using Job = BlockJob<EcOpBlocks>;
using Step = Job::Steps;
constexpr uint32_t kRows = EcOpStep::kRowsPerCall;

bool exists(const EcOpStep::Line<KoalaBear>& line) {
  return witness_exists(EcOpStep::product_sum(line));
}
ProductWitness<KoalaBear> forced(const EcOpStep::Line<KoalaBear>& line) {
  return forced_witness(fold_product(EcOpStep::product_sum(line)));
}

std::vector<Felt> instance(const CurvePoint& p, const CurvePoint& q, const Felt& m) {
  std::vector<Felt> cells = {p.x.integer(), p.y.integer(), q.x.integer(), q.y.integer(), m};
  Felt out[2] = {};
  EXPECT_TRUE(ec_op(cells.data(), out));
  cells.insert(cells.end(), {out[0], out[1]});
  return cells;
}

TEST(EcOpChips, InstancesOfRealRunsHold) {
  const RowsOutcome outcome = Job(ec_op_instances()).outcome();
  EXPECT_THAT(outcome.broken, IsEmpty());
  EXPECT_THAT(outcome.invalid, IsEmpty());
  EXPECT_EQ(outcome.chains.unbalanced_count(), 0u);
}

TEST(EcOpChips, EdgesOfTheFactorHold) {
  const CurvePoint &p = kPedersenLow[0], &q = kPedersenLow[1];
  std::vector<Felt> values;
  for (const Felt& m : {naive::felt(0), naive::felt(1), naive::felt(-1), naive::felt(511),
                        naive::felt(512), naive::power_of_two(251)}) {
    const std::vector<Felt> cells = instance(p, q, m);
    values.insert(values.end(), cells.begin(), cells.end());
  }
  // Points that meet where none is added.
  const std::vector<Felt> cells = instance(q, q, naive::felt(4));
  values.insert(values.end(), cells.begin(), cells.end());
  EXPECT_TRUE(Job(values).outcome().sound());
}

TEST(EcOpChips, CostsWhatTheTextSays) {
  EXPECT_EQ(kShape<EcOp>.columns, 433);
  EXPECT_EQ(kShape<EcOp>.cells(), 898);
  EXPECT_EQ(kShape<EcOpStep>.columns, 365);
  EXPECT_EQ(kShape<EcOpStep>.cells(), 1010);
  EXPECT_EQ(kShape<EcOp>.cells() + static_cast<int>(kRows) * kShape<EcOpStep>.cells(), 256428);
}

template <class Member>
int column_of(Member EcOpStep::Columns<KoalaBear>::*member) {
  const EcOpStep::Columns<KoalaBear> c{};
  return static_cast<int>(reinterpret_cast<const KoalaBear*>(&(c.*member)) -
                          reinterpret_cast<const KoalaBear*>(&c));
}
/// Columns from `first` on, as "row:column".
std::vector<std::string> cells_named(uint32_t row, int first, int count) {
  std::vector<std::string> names;
  for (int i = first; i < first + count; ++i) {
    names.push_back(std::to_string(row) + ":" + std::to_string(i));
  }
  return names;
}

TEST(EcOpChips, EveryCellMatters) {
  const Job job(Job::first_known(2));
  const Image& image = job.memory.image;
  EXPECT_THAT(free_cells(job.opener, {0, 1}, image, nullptr), IsEmpty());

  using Columns = EcOpStep::Columns<KoalaBear>;
  uint32_t set = 0, unset = 0;
  while (!(job.steps.rows[set].bit == KoalaBear(1))) ++set;
  while (!(job.steps.rows[unset].bit == KoalaBear(0))) ++unset;
  EXPECT_THAT(free_cells(job.steps, {set}, image, nullptr), IsEmpty());
  // Without the bit nothing is added, so the slope and its witnesses say nothing.
  std::vector<std::string> expected = cells_named(unset, column_of(&Columns::slope), kLimbs9);
  const std::vector<std::string> witnesses =
      cells_named(unset, column_of(&Columns::line_witness), 3 * kLimbs9);
  expected.insert(expected.end(), witnesses.begin(), witnesses.end());
  EXPECT_THAT(free_cells(job.steps, {unset}, image, nullptr), testing::IsSubsetOf(expected));
  // The last row does nothing.
  expected = cells_named(kRows - 1, column_of(&Columns::slope),
                         Step::kColumns - column_of(&Columns::slope));
  EXPECT_THAT(free_cells(job.steps, {kRows - 1}, image, nullptr), testing::IsSubsetOf(expected));
}

TEST(EcOpChips, WrongResultsAreRefused) {
  for (const int cell : {5, 6}) {
    std::vector<Felt> values = Job::first_known(1);
    values[static_cast<size_t>(cell)] =
        naive::add(values[static_cast<size_t>(cell)], naive::felt(1));
    const RowsOutcome outcome = Job(values).outcome();
    EXPECT_THAT(outcome.broken, IsEmpty());
    EXPECT_THAT(outcome.invalid, IsEmpty());
    EXPECT_GT(outcome.chains.unbalanced_count(), 0u);
  }
}

TEST(EcOpChips, DigitsTakenElsewhereAreRefused) {
  const Job honest(Job::first_known(1));
  const auto refused = [&](auto change) {
    Step steps = honest.steps;
    change(steps.rows);
    return !honest.outcome(honest.opener, steps).sound();
  };
  using Rows = std::vector<Step::Row>;
  // A row of padding that takes a digit, so that the real one need not.
  EXPECT_TRUE(refused([](Rows& rows) {
    rows.back().takes_digit = 1;
    rows.back().label = rows[9].label;
    rows.back().step = 9;
    rows.back().rest = rows[9].rest;
    rows[9].takes_digit = 0;
  }));
  // A digit taken a row late, one that is left over.
  EXPECT_TRUE(refused([](Rows& rows) { std::swap(rows[9].takes_digit, rows[10].takes_digit); }));
  EXPECT_TRUE(refused([](Rows& rows) { rows[kRows - 1].rest = 1; }));
}

/// A block of one row takes the start message with the true points and says its sum as a result:
/// that must not be a start for other points.
TEST(EcOpChips, AnEndIsNoStart) {
  const Job job(Job::first_known(1));
  Step steps = job.steps;
  Step::Row& lone = steps.rows[kRows + 1];
  lone = steps.rows[0];
  lone.link = lone.bit = lone.inverse = lone.takes_digit = lone.rest = 0;
  Step::Row& start = steps.rows[0];
  for (int i = 0; i < kLimbs9; ++i) start.multiple.x[i] = start.multiple.y[i] = 0;
  RowsOutcome outcome;
  OutcomeSink sink(job.memory.image, outcome);
  job.opener.evaluate(sink);
  steps.evaluate_row(kRows + 1, sink);
  steps.evaluate_row(0, sink);
  // Only digits may be missing if the attack worked: 28 given, one taken; and the result. The
  // lone end and the false start stay on the bus as well.
  EXPECT_EQ(outcome.chains.unbalanced_count(), 27u + 1 + 1 + 1);
}

TEST(EcOpChips, PointsThatMeetAreNotAdded) {
  // A = D: any slope satisfies the chord, and gives a sum of the prover's choice.
  const std::vector<Felt> values = instance(kPedersenLow[0], kPedersenLow[1], naive::felt(1));
  Job job(values);
  Step::Row &here = job.steps.rows[0], &next = job.steps.rows[1];
  const auto form = [](const Felt252& x) { return limbs9_of<kLimbs9>(balanced_form(x.integer())); };
  const Felt252 x(values[2]), y(values[3]), slope(uint64_t{12345});
  const Felt252 x_after = slope * slope - x - x, y_after = slope * (x - x_after) - y;
  here.sum = here.multiple;
  here.sum_reduced = here.multiple_reduced;
  here.slope = form(slope);
  next.sum = {form(x_after), form(y_after)};
  const auto balance = [](const EcOpStep::Point<KoalaBear>& p) {
    return EcOpStep::Point<KoalaBear>{balanced(p.x), balanced(p.y)};
  };
  const auto sum = balance(here.sum), after = balance(next.sum);
  const auto a = balanced(here.slope);
  here.line_witness[0] = forced(EcOpStep::chord(a, sum, sum));
  here.line_witness[1] = forced(EcOpStep::new_x(a, sum.x, sum.x, after.x));
  here.line_witness[2] = forced(EcOpStep::new_y(a, sum, after));
  for (const int64_t inverse : {0, 1, 77}) {
    here.inverse = inverse;
    RowsOutcome outcome;
    OutcomeSink sink(job.memory.image, outcome);
    job.steps.evaluate_row(0, sink);
    EXPECT_THAT(outcome.broken, testing::ElementsAre("points to be added differ in x"));
    EXPECT_THAT(outcome.invalid, IsEmpty());
  }
  // The same x written with the prime added has other limbs; it is not reduced.
  for (int tried = 0; tried < 4; ++tried) {
    Job other(values);
    Step::Row& row = other.steps.rows[0];
    const Felt above = naive::plus(balanced_form(values[0]), kCairoPrime);
    if (above.word[3] >> 60 != 0) break;  // no 28 limbs hold it
    row.sum.x = limbs9_of<kLimbs9>(above);
    row.sum_reduced.top = tried & 1;
    row.sum_reduced.middle = tried >> 1;
    row.sum_reduced.excess =
        row.sum_reduced.top * (KoalaBear(above.limb9(21)) - row.sum_reduced.middle + 120);
    RowsOutcome refused;
    OutcomeSink other_sink(other.memory.image, refused);
    other.steps.evaluate_row(0, other_sink);
    EXPECT_TRUE(std::count(refused.broken.begin(), refused.broken.end(),
                           "limbs 22 to 26 are 0 below the prime's") +
                    std::count(refused.broken.begin(), refused.broken.end(),
                               "limbs 0 to 20 are 0 below the prime's") +
                    std::count(refused.invalid.begin(), refused.invalid.end(), "pair9") >
                0)
        << tried;
  }
}

TEST(EcOpChips, PointsOffTheCurveAreRefused) {
  for (const size_t cell : {0, 1, 2, 3}) {
    std::vector<Felt> values = Job::first_known(1);
    values[cell] = naive::add(values[cell], naive::felt(1));
    const Job job(values);
    const auto limbs = [&](size_t i) { return limbs9_of<kLimbs9>(values[i]); };
    const size_t x = cell / 2 * 2;
    const Felt252 square = Felt252(values[x]) * Felt252(values[x]);
    EXPECT_FALSE((witness_exists<EcOp::kWideFirst, EcOp::kWideLast>(
        EcOp::curve_equation(limbs(x), limbs(x + 1), limbs9_of<kLimbs9>(square.integer())))));
  }
  const std::vector<Felt> values = Job::first_known(1);
  const Felt252 square = Felt252(values[0]) * Felt252(values[0]);
  EXPECT_TRUE((witness_exists<EcOp::kWideFirst, EcOp::kWideLast>(
      EcOp::curve_equation(limbs9_of<kLimbs9>(values[0]), limbs9_of<kLimbs9>(values[1]),
                           limbs9_of<kLimbs9>(square.integer())))));
}

TEST(EcOpChips, NoWitnessForAWrongStep) {
  using Limbs = Array<KoalaBear, kLimbs9>;
  using Point = EcOpStep::Point<KoalaBear>;
  const auto point = [](const Point& p) { return Point{balanced(p.x), balanced(p.y)}; };
  const Job job(Job::first_known(1));
  Random random(4);
  const auto wrong = [&random](Limbs limbs) {
    const int limb = static_cast<int>(random.below(kLimbs9));
    limbs[limb] = (limbs[limb].canonical() + 257 + random.below(510)) & 511;
    limbs[limb] -= 256;
    return limbs;
  };
  for (uint32_t row = 0; row + 1 < kRows; row += 5) {
    const Step::Row &c = job.steps.rows[row], &n = job.steps.rows[row + 1];
    const Limbs slope = balanced(c.slope), tangent = balanced(c.tangent);
    const Point sum = point(c.sum), multiple = point(c.multiple);
    const Point after = point(n.sum), doubled = point(n.multiple);
    const auto is_tangent = [&](const Limbs& t) {
      return witness_exists<EcOpStep::kWideFirst, EcOpStep::kWideLast>(
          EcOpStep::tangent_at(t, multiple));
    };
    EXPECT_TRUE(is_tangent(tangent));
    EXPECT_FALSE(is_tangent(wrong(tangent)));
    const auto new_x = [](const Limbs& t, const Limbs& a, const Limbs& b, const Limbs& x) {
      return exists(EcOpStep::new_x(t, a, b, x));
    };
    const auto new_y = [](const Limbs& t, const Point& p, const Point& x) {
      return exists(EcOpStep::new_y(t, p, x));
    };
    EXPECT_TRUE(new_x(tangent, multiple.x, multiple.x, doubled.x));
    EXPECT_FALSE(new_x(tangent, multiple.x, multiple.x, wrong(doubled.x)));
    EXPECT_TRUE(new_y(tangent, multiple, doubled));
    EXPECT_FALSE(new_y(tangent, multiple, {doubled.x, wrong(doubled.y)}));
    if (c.bit == KoalaBear(0)) continue;
    EXPECT_TRUE(exists(EcOpStep::chord(slope, sum, multiple)));
    EXPECT_FALSE(exists(EcOpStep::chord(wrong(slope), sum, multiple)));
    EXPECT_TRUE(new_x(slope, sum.x, multiple.x, after.x));
    EXPECT_FALSE(new_x(slope, sum.x, multiple.x, wrong(after.x)));
    EXPECT_TRUE(new_y(slope, sum, after));
    EXPECT_FALSE(new_y(slope, sum, {after.x, wrong(after.y)}));
  }
}

TEST(EcOpChips, FactorThatIsNotReducedIsRefused) {
  // m + P has other bits, and P is not the order of the group.
  std::vector<Felt> values = Job::first_known(1);
  values[4] = naive::plus(kCairoPrime, naive::felt(3));
  Job job(values);
  for (int tried = 0; tried < 4; ++tried) {
    Reduced<KoalaBear>& r = job.opener.rows[0].reduced;
    r.top = tried & 1;
    r.middle = tried >> 1;
    r.excess = r.top * (KoalaBear(values[4].limb9(21)) - r.middle + 120);
    RowsOutcome outcome;
    OutcomeSink sink(job.memory.image, outcome);
    job.opener.evaluate_row(0, sink);
    EXPECT_FALSE(outcome.broken.empty() && outcome.invalid.empty());
  }
}

}  // namespace
}  // namespace cairn
