// The keccak builtin: opener and rounds together, every cell alone, forged witnesses, bounds.
#include "core/keccak.hpp"

#include <algorithm>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "air/chips/keccak_rounds.hpp"
#include "tests/air/chip_rows.hpp"
#include "tests/air/word_image.hpp"
#include "tests/support/random.hpp"

namespace cairn {
namespace {

constexpr uint32_t kBegin = 100, kInstances = 3;

class KeccakChips : public testing::Test {
 protected:
  KeccakChips() {
    memory_.builtin[static_cast<int>(Builtin::kKeccak)] = {kBegin, address(kInstances)};
    for (uint32_t i = 0; i < kInstances; ++i) {
      Felt in[8] = {}, out[8];
      for (Felt& word : in) {
        if (i == 0) continue;  // all zero
        if (i == 1) word = {{~uint64_t{0}, ~uint64_t{0}, ~uint64_t{0}, 0xff}};
        if (i == 2) word = {{random_.bits(), random_.bits(), random_.bits(), random_.below(256)}};
      }
      EXPECT_TRUE(keccak_builtin(in, out));
      for (int k = 0; k < 8; ++k) {
        memory_.set(address(i) + k, in[k]);
        memory_.set(address(i) + 8 + k, out[k]);
      }
    }
    refresh();
  }
  static uint32_t address(uint32_t instance) { return kBegin + Keccak::kCellsPerRow * instance; }
  void refresh() {
    image_ = memory_.view(0);
    part_ = {0, 6, 0, kInstances, kBegin, address(kInstances)};
    rounds_part_ = {1, 7, 0, static_cast<uint32_t>(KeccakRounds::call_count(image_)), 0, 0};
  }

  Row<Keccak> opener(uint32_t row) const { return Keccak::fill(image_, Counts{}, part_, row); }
  Row<KeccakRounds> round(uint32_t row) const {
    return KeccakRounds::fill(image_, Counts{}, rounds_part_, row);
  }
  ChipEvaluation evaluate(uint32_t number, const Row<Keccak>& row) const {
    return evaluate_row<Keccak>(image_, part_, number, row);
  }
  ChipEvaluation evaluate(uint32_t number, const Row<KeccakRounds>& row) const {
    return evaluate_row<KeccakRounds>(rounds_part_, number, row, row);
  }
  static void add(BusBalance& balance, const ChipEvaluation& row) {
    for (const ChipTerm& t : row.terms) {
      if (is_direct(t.message.bus)) balance.add(t.sign, t.multiplicity, t.message);
    }
  }
  BusBalance balance() const {
    BusBalance result;
    for (uint32_t i = 0; i < part_.height(); ++i) add(result, evaluate(i, opener(i)));
    for (uint32_t i = 0; i < rounds_part_.height(); ++i) add(result, evaluate(i, round(i)));
    return result;
  }

  WordImage memory_;
  Image image_{};
  Part part_{}, rounds_part_{};
  Random random_{1};
};

TEST_F(KeccakChips, HonestRowsHold) {
  for (uint32_t i = 0; i < part_.height(); ++i) {
    const ChipEvaluation row = evaluate(i, opener(i));
    EXPECT_THAT(row.broken, testing::IsEmpty()) << i;
    EXPECT_EQ(false_use(image_, row), "") << i;
    EXPECT_EQ(row.terms.empty(), i >= kInstances);
  }
  for (uint32_t i = 0; i < rounds_part_.height(); ++i) {
    const ChipEvaluation row = evaluate(i, round(i));
    EXPECT_THAT(row.broken, testing::IsEmpty()) << i;
    EXPECT_EQ(row.terms.empty(), i >= rounds_part_.count);
  }
  EXPECT_EQ(balance().unbalanced_count(), 0u);
}

TEST_F(KeccakChips, PartsMayBeginAnywhere) {
  Part part = rounds_part_;
  part.first = 31;
  part.count = 2;
  for (uint32_t row = 0; row < 3; ++row) {
    const Row<KeccakRounds> cut = KeccakRounds::fill(image_, Counts{}, part, row);
    const Row<KeccakRounds> whole = row < 2 ? round(31 + row) : Row<KeccakRounds>{};
    EXPECT_TRUE(std::equal(cells<KeccakRounds>(cut),
                           cells<KeccakRounds>(cut) + kShape<KeccakRounds>.columns,
                           cells<KeccakRounds>(whole)));
  }
}

TEST_F(KeccakChips, EveryCellOfARoundMatters) {
  std::set<int> alive;
  for (const uint32_t number : {0u, 59u}) {
    const Row<KeccakRounds> honest = round(number), other = round(40);
    const ChipEvaluation before = evaluate(number, honest);
    for (int column = 0; column < kShape<KeccakRounds>.columns; ++column) {
      const KoalaBear cell = cells<KeccakRounds>(honest)[column];
      std::vector<KoalaBear> values = {cell + 1, 1 - cell, random_.koala_bear(),
                                       cells<KeccakRounds>(other)[column]};
      std::erase(values, cell);
      for (const KoalaBear value : values) {
        Row<KeccakRounds> row = honest;
        cells<KeccakRounds>(row)[column] = value;
        const ChipEvaluation after = evaluate(number, row);
        EXPECT_TRUE(!after.broken.empty() || !same_direct_terms(before, after))
            << "row " << number << " column " << column << " became " << value.canonical();
        alive.insert(after.broken_index.begin(), after.broken_index.end());
      }
    }
  }
  EXPECT_EQ(alive.size(), kShape<KeccakRounds>.constraints);
}

TEST_F(KeccakChips, EveryCellOfAnInstanceMatters) {
  // address and en are held by the rows around, too: builtin_rows has its own tests.
  for (const uint32_t number : {0u, 2u}) {
    const Row<Keccak> honest = opener(number), other = opener(1);
    const ChipEvaluation before = evaluate(number, honest);
    for (int column = 0; column < kShape<Keccak>.columns; ++column) {
      const KoalaBear cell = cells<Keccak>(honest)[column];
      std::vector<KoalaBear> values = {cell + 1,
                                       cell - 1,
                                       -cell,
                                       0,
                                       1,
                                       cell + (1 << 20),
                                       random_.koala_bear(),
                                       cells<Keccak>(other)[column]};
      std::erase(values, cell);
      for (const KoalaBear value : values) {
        Row<Keccak> row = honest;
        cells<Keccak>(row)[column] = value;
        const ChipEvaluation after = evaluate(number, row);
        EXPECT_TRUE(!after.broken.empty() || !false_use(image_, after).empty() ||
                    !same_direct_terms(before, after))
            << "row " << number << " column " << column << " became " << value.canonical();
      }
    }
  }
}

TEST_F(KeccakChips, WrongOutputsAreMissed) {
  memory_.set(address(2) + 11, 5);
  refresh();
  EXPECT_EQ(false_use(image_, evaluate(2, opener(2))), "");
  EXPECT_EQ(balance().unbalanced_count(), 2u);  // what the rounds give, what the opener takes
}

TEST_F(KeccakChips, OutputsOfTwoInstancesCannotBeSwapped) {
  for (uint32_t k = 8; k < 16; ++k) {
    const Felt left = image_.value(image_.cell(address(1) + k));
    memory_.set(address(1) + k, image_.value(image_.cell(address(2) + k)));
    memory_.set(address(2) + k, left);
  }
  refresh();
  EXPECT_EQ(balance().unbalanced_count(), 4u);
}

TEST_F(KeccakChips, RoundsCannotBeLeftOutOrExchanged) {
  BusBalance all = balance();
  const ChipEvaluation row = evaluate(30, round(30));
  for (const ChipTerm& t : row.terms) all.add(-t.sign, t.multiplicity, t.message);
  EXPECT_EQ(all.unbalanced_count(), 3u);

  // Step 7 of an instance done with the constant of step 8: the row is sound by itself.
  Row<KeccakRounds> forged = round(7);
  forged.constant = round(8).constant;
  for (int j = 0; j < keccak::kConstantBits; ++j) {
    if (forged.constant[j] == round(7).constant[j]) continue;
    const int place = (1 << j) - 1;
    const int limb = place / 27;
    const KoalaBear weight(int64_t{1} << (place - keccak_limb_begin(limb)));
    const bool set = (forged.unmixed[j] + forged.constant[j]) == KoalaBear(1);
    forged.after[limb] += set ? weight : -weight;
  }
  const ChipEvaluation wrong = evaluate(7, forged);
  EXPECT_THAT(wrong.broken, testing::IsEmpty());
  EXPECT_FALSE(same_direct_terms(wrong, evaluate(7, round(7))));
}

TEST_F(KeccakChips, AFlippedParityIsNoticed) {
  // One parity flipped, and all of theta made to fit, so that the round starts from the same limbs.
  Row<KeccakRounds> row = round(59);
  const auto flip = [](KoalaBear& bit) { bit = 1 - bit; };
  const int x = 2, z = 17;
  flip(row.parity[64 * x + z]);
  for (const int moved : {64 * x + z, 64 * (x + 1) + z, 64 * (x - 1) + z + 1}) {
    flip(row.turned[moved]);
    if (moved == 64 * x + z) continue;
    for (int y = 0; y < 5; ++y) flip(row.bit[320 * y + moved]);
  }
  const auto names = [](const ChipEvaluation& e) {
    return std::set<std::string>(e.broken.begin(), e.broken.end());
  };
  EXPECT_THAT(
      names(evaluate(59, row)),
      testing::UnorderedElementsAre("parity of the bits after theta", "limb after the round"));
}

/// All integers from low to high.
struct Interval {
  int64_t low = 0, high = 0;

  constexpr Interval() = default;
  constexpr Interval(int64_t x) : low(x), high(x) {}  // NOLINT
  constexpr Interval(int64_t a, int64_t b) : low(a), high(b) {}
  friend Interval operator+(Interval a, Interval b) { return {a.low + b.low, a.high + b.high}; }
  friend Interval operator-(Interval a, Interval b) { return {a.low - b.high, a.high - b.low}; }
  friend Interval operator*(Interval a, Interval b) {
    const int64_t x[] = {a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high};
    return {*std::min_element(x, x + 4), *std::max_element(x, x + 4)};
  }
  Interval operator-() const { return {-high, -low}; }
  Interval& operator+=(Interval b) { return *this = *this + b; }
};

struct IntervalEvaluator : EvaluatorBase<IntervalEvaluator> {
  using Value = Interval;
  struct Message {};
  KeccakRounds::Columns<Interval> cells{};
  Interval limbs{0, 0};

  template <template <class> class Columns>
  Columns<Interval> columns() {
    return cells;
  }
  void zero(Interval value, const char* what) {
    if (std::string(what).rfind("limb", 0) != 0) return;
    limbs = {std::min(limbs.low, value.low), std::max(limbs.high, value.high)};
  }
  Message empty_message(Bus) { return {}; }
  template <class T>
  void add(Message&, int, const T&) {}
  template <class T>
  void fraction(int, const T&, Message) {}
};

TEST(KeccakBounds, LimbsDoNotWrap) {
  IntervalEvaluator e;
  auto* cell = reinterpret_cast<Interval*>(&e.cells);
  for (int i = 0; i < kShape<KeccakRounds>.columns; ++i) cell[i] = {0, 1};
  for (int i = 0; i < kKeccakLimbs; ++i) e.cells.before[i] = e.cells.after[i] = {0, (1 << 27) - 1};

  KeccakRounds::evaluate(e);

  // Products of intervals overestimate exclusive ors, and still nothing reaches p.
  EXPECT_GE(e.limbs.high, (1 << 27) - 1);
  EXPECT_LT(e.limbs.high, int64_t{KoalaBear::kModulus});
  EXPECT_GT(e.limbs.low, -int64_t{KoalaBear::kModulus});
}

TEST(KeccakShape, LimbsCoverTheStateOnce) {
  int next = 0;
  for (int i = 0; i < kKeccakLimbs; ++i) {
    EXPECT_EQ(keccak_limb_begin(i), next);
    next += keccak_limb_bits(i);
  }
  EXPECT_EQ(next, KeccakRounds::kStateBits);
}

TEST(KeccakShape, CostsWhatTheDesignSays) {
  EXPECT_EQ(kShape<Keccak>.cells(), 307);
  EXPECT_EQ(kShape<KeccakRounds>.cells(), 2395);
  EXPECT_LE(kShape<Keccak>.degree, 3);
  EXPECT_LE(kShape<KeccakRounds>.degree, 3);
}

}  // namespace
}  // namespace cairn
