// The Blake2s instructions: opener and rounds together, every cell alone, forged witnesses, bounds.
#include "air/chips/blake2s.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "air/chips/blake2s_rounds.hpp"
#include "core/blake2s.hpp"
#include "tests/air/chip_rows.hpp"
#include "tests/air/word_image.hpp"
#include "tests/support/random.hpp"

namespace cairn {
namespace {

constexpr uint32_t kPlace = 1000, kStride = 100, kCalls = 12;  // memory of the calls

/// Calls of all legal flags, with words at their ends among random ones.
class Blake2sChips : public testing::Test {
 protected:
  Blake2sChips() {
    for (uint32_t k = 0; k < kCalls; ++k) add_call(k);
    refresh();
  }
  void refresh() {
    image_ = memory_.view(kBlake2sChip);
    part_ = {kBlake2sChip, 6, 0, kCalls, 0, 0};
    rounds_part_ = {
        kBlake2sChip + 1, 7, 0, static_cast<uint32_t>(Blake2sRounds::call_count(image_)), 0, 0};
  }
  uint32_t word(uint32_t call) {
    constexpr uint32_t kEnds[] = {0,        1,      ~0u,       1u << 31, (1u << 28) - 1,
                                  1u << 28, 0xffff, 0xffff0000};
    if (call == 0) return 0;
    if (call == 1) return ~0u;
    return random_.below(3) == 0 ? kEnds[random_.below(8)] : static_cast<uint32_t>(random_.bits());
  }
  void add_call(uint32_t k) {
    const uint32_t base = kPlace + kStride * k, fp = base + 10, ap = base + 20;
    const bool dst_fp = k & 1, op0_fp = k & 2, op1_fp = k & 4, step = k & 8, final = k % 3 == 0;
    const auto offset = [&](uint32_t address, bool is_fp) {
      return uint64_t{address - (is_fp ? fp : ap) + kOffsetBias} & 0xffff;
    };
    const uint64_t flags = dst_fp << kDstFp | op0_fp << kOp0Fp | op1_fp << kOp1Fp |
                           !op1_fp << kOp1Ap | step << kApAdd1;
    const uint64_t extension = final ? 2 : 1;
    const uint32_t pc = 1 + k;
    memory_.set(pc, Felt{{offset(base + 1, dst_fp) | offset(base + 2, op0_fp) << 16 |
                              offset(base + 3, op1_fp) << 32 | flags << 48 | extension << 63,
                          extension >> 1, 0, 0}});
    uint32_t h[8], m[16];
    const uint32_t counter = word(k);
    for (uint32_t& x : h) x = word(k);
    for (uint32_t& x : m) x = word(k);
    memory_.set(base + 1, counter);
    memory_.set(base + 2, base + 40);
    memory_.set(base + 3, base + 50);
    memory_.set(ap, base + 30);
    for (int i = 0; i < 8; ++i) memory_.set(base + 40 + i, h[i]);
    for (int i = 0; i < 16; ++i) memory_.set(base + 50 + i, m[i]);
    blake2s::compress(h, m, counter, final);
    for (int i = 0; i < 8; ++i) memory_.set(base + 30 + i, h[i]);
    memory_.states.push_back({pc, ap, fp});
  }

  Row<Blake2s> opener(uint32_t row) const { return Blake2s::fill(image_, Counts{}, part_, row); }
  Row<Blake2sRounds> round(uint32_t row) const {
    return Blake2sRounds::fill(image_, Counts{}, rounds_part_, row);
  }
  ChipEvaluation evaluate(uint32_t number, const Row<Blake2s>& row) const {
    return evaluate_row<Blake2s>(image_, part_, number, row);
  }
  ChipEvaluation evaluate(uint32_t number, const Row<Blake2sRounds>& row) const {
    return evaluate_row<Blake2sRounds>(image_, rounds_part_, number, row);
  }
  /// Uses less provisions on the call bus over all rows.
  BusBalance call_balance() const {
    BusBalance balance;
    const auto add = [&balance](const ChipEvaluation& row) {
      for (const ChipTerm& t : row.terms) {
        if (t.message.bus == Bus::kBlake2s) balance.add(t.sign, t.multiplicity, t.message);
      }
    };
    for (uint32_t i = 0; i < part_.height(); ++i) add(evaluate(i, opener(i)));
    for (uint32_t i = 0; i < rounds_part_.height(); ++i) add(evaluate(i, round(i)));
    return balance;
  }

  /// Changes each cell of a row alone; gives the constraints that noticed, by number.
  template <class Chip>
  std::set<int> change_every_cell(uint32_t number, const Row<Chip>& honest,
                                  const std::vector<Row<Chip>>& others) {
    std::set<int> alive;
    const ChipEvaluation before = evaluate(number, honest);
    for (int column = 0; column < kShape<Chip>.columns; ++column) {
      const KoalaBear cell = cells<Chip>(honest)[column];
      std::vector<KoalaBear> values = {
          cell + 1, cell - 1, -cell, 0, 1, 2, cell + (1 << 20), random_.koala_bear()};
      for (const Row<Chip>& other : others) values.push_back(cells<Chip>(other)[column]);
      std::erase(values, cell);
      for (const KoalaBear value : values) {
        Row<Chip> row = honest;
        cells<Chip>(row)[column] = value;
        const ChipEvaluation after = evaluate(number, row);
        EXPECT_TRUE(!after.broken.empty() || !false_use(image_, after).empty() ||
                    !same_direct_terms(before, after))
            << Chip::kName << " row " << number << " column " << column << " became "
            << value.canonical();
        alive.insert(after.broken_index.begin(), after.broken_index.end());
      }
    }
    return alive;
  }

  WordImage memory_;
  Image image_{};
  Part part_{}, rounds_part_{};
  Random random_{1};
};

TEST_F(Blake2sChips, HonestRowsHold) {
  for (uint32_t i = 0; i < part_.height(); ++i) {
    const ChipEvaluation row = evaluate(i, opener(i));
    EXPECT_THAT(row.broken, testing::IsEmpty()) << i;
    EXPECT_EQ(false_use(image_, row), "") << i;
    EXPECT_EQ(row.terms.empty(), i >= kCalls);
  }
  for (uint32_t i = 0; i < rounds_part_.height(); ++i) {
    const ChipEvaluation row = evaluate(i, round(i));
    EXPECT_THAT(row.broken, testing::IsEmpty()) << i;
    EXPECT_EQ(false_use(image_, row), "") << i;
    EXPECT_EQ(row.terms.empty(), i >= rounds_part_.count);
  }
  EXPECT_EQ(call_balance().unbalanced_count(), 0u);
}

TEST_F(Blake2sChips, EveryCellOfACallMatters) {
  std::set<int> alive;
  for (const uint32_t number : {0u, 1u, 6u, 11u}) {
    alive.merge(change_every_cell<Blake2s>(number, opener(number), {opener(3), opener(8)}));
  }
  EXPECT_EQ(alive.size(), kShape<Blake2s>.constraints);
}

TEST_F(Blake2sChips, EveryCellOfARoundMatters) {
  std::set<int> alive;
  for (const uint32_t number : {0u, 15u, 29u, 84u}) {
    alive.merge(change_every_cell<Blake2sRounds>(number, round(number), {round(33), round(71)}));
  }
  EXPECT_EQ(alive.size(), kShape<Blake2sRounds>.constraints);
}

TEST_F(Blake2sChips, ARoundIsAFunction) {
  // The message that a row provides is what RFC 7693 says of its inputs.
  for (uint32_t i = 0; i < rounds_part_.count; ++i) {
    const ChipEvaluation row = evaluate(i, round(i));
    const auto call = std::find_if(row.terms.begin(), row.terms.end(), [](const ChipTerm& t) {
      return t.message.bus == Bus::kBlake2s;
    });
    ASSERT_NE(call, row.terms.end());
    uint32_t words[48];
    for (int w = 0; w < 48; ++w) {
      words[w] = call->message.coordinate[2 * w].canonical() |
                 call->message.coordinate[2 * w + 1].canonical() << 16;
    }
    uint32_t m[16], v[16];
    std::copy(words, words + 16, m);
    std::copy(words + 16, words + 32, v);
    blake2s::round(v, m);
    EXPECT_TRUE(std::equal(v, v + 16, words + 32)) << i;
  }
}

TEST_F(Blake2sChips, AWrongResultIsNoticed) {
  // Another word in memory, the row refilled from it: nothing but the exclusive or of the outputs
  // is left to complain.
  memory_.set(kPlace + kStride * 4 + 33, 77);
  refresh();
  EXPECT_EQ(false_use(image_, evaluate(4, opener(4))), "xor");
  EXPECT_EQ(false_use(image_, evaluate(5, opener(5))), "");
}

TEST_F(Blake2sChips, OutputsOfTwoCallsCannotBeSwapped) {
  const auto output = [&](uint32_t k) { return kPlace + kStride * k + 30; };
  for (int i = 0; i < 8; ++i) {
    const Felt left = image_.value(image_.cell(output(2) + i));
    memory_.set(output(2) + i, image_.value(image_.cell(output(5) + i)));
    memory_.set(output(5) + i, left);
  }
  refresh();
  EXPECT_EQ(false_use(image_, evaluate(2, opener(2))), "xor");
  EXPECT_EQ(false_use(image_, evaluate(5, opener(5))), "xor");
}

TEST_F(Blake2sChips, ARoundLeftOutOrMadeUpIsMissed) {
  rounds_part_.count -= 1;
  EXPECT_EQ(call_balance().unbalanced_count(), 1u);
  // A call whose last state is what the output needs, without the round that gives it.
  memory_.set(kPlace + kStride * 4 + 33, 77);
  refresh();
  Row<Blake2s> row = opener(4);
  const auto piece = [](uint32_t x, int k) {
    return x >> (k / 2 * 16 + k % 2 * 9) & (k % 2 == 0 ? 511 : 127);
  };
  for (int k = 0; k < 4; ++k) {
    const auto at = [k](const Blake2s::Pieces<KoalaBear>& p) { return p[k].canonical(); };
    row.folded[3][k] = at(row.h[3].piece) ^ piece(77, k);
    row.last[3][k] = at(row.folded[3]) ^ at(row.last[11]);
  }
  const ChipEvaluation forged = evaluate(4, row);
  EXPECT_THAT(forged.broken, testing::IsEmpty());
  EXPECT_EQ(false_use(image_, forged), "");
  EXPECT_FALSE(same_direct_terms(forged, evaluate(4, opener(4))));
}

TEST_F(Blake2sChips, RoundsOutOfOrderDoNotAnswer) {
  // Two rounds of one call in the other order: the openers' messages name the states in between.
  Row<Blake2s> row = opener(3);
  std::swap(row.between[2], row.between[3]);
  EXPECT_FALSE(same_direct_terms(evaluate(3, row), evaluate(3, opener(3))));
}

TEST_F(Blake2sChips, TheLastBlockIsMarkedAsTheInstructionSays) {
  Row<Blake2s> row = opener(3);
  row.final = 1 - row.final;
  EXPECT_EQ(false_use(image_, evaluate(3, row)), "instruction");
}

TEST_F(Blake2sChips, WordsAbove32BitsAreRefused) {
  // Whatever takes the place of the cells of a word: none stands for 2^32 + 5, be it read as 5.
  const uint32_t base = kPlace + kStride * 7;
  for (const uint32_t address : {base + 1, base + 40, base + 57, base + 30}) {
    WordImage kept = memory_;
    const uint64_t low = image_.value(image_.cell(address)).word[0];
    for (const uint64_t high : {uint64_t{1} << 32, uint64_t{1} << 36, uint64_t{1} << 63}) {
      memory_.set(address, low + high);
      refresh();
      EXPECT_NE(false_use(image_, evaluate(7, opener(7))), "") << address;
    }
    memory_ = kept;
    refresh();
  }
}

TEST(Blake2sBounds, OnlyWordsBelow32BitsPassAsMessages) {
  // MessageWord: all (4 middle7, low2 + 16 top5) of PAIR9, any limb 3 below 2^9 of the value bus.
  // limb 1 = middle7 + 2^7 low2 must be below 2^9 modulo p.
  constexpr int64_t kModulus = KoalaBear::kModulus;
  uint32_t accepted = 0;
  for (int64_t low2 = -16 * 511; low2 < 512; ++low2) {
    for (int64_t four_middle = 0; four_middle < 512; ++four_middle) {
      // 4 limb1 modulo p; limb1 is an integer below 512, so this must be 4 of those.
      const int64_t four_limb = ((four_middle + 512 * low2) % kModulus + kModulus) % kModulus;
      if (four_limb % 4 != 0 || four_limb >= 2048) continue;
      ++accepted;
      EXPECT_TRUE(low2 >= 0 && low2 <= 3 && four_middle % 4 == 0);
    }
  }
  EXPECT_EQ(accepted, 512u);
  for (int top5 = 0; top5 < 512; ++top5) {
    for (int low2 = 0; low2 < 4; ++low2) EXPECT_EQ(low2 + 16 * top5 < 512, top5 < 32);
  }
}

TEST(Blake2sBounds, OnlyWordsBelow32BitsPassAsPieces) {
  // PieceWord: the pieces are exact; limbs 2 and 3 any below 2^9, limb 1 = piece1 + 2^7 low2.
  constexpr int64_t kModulus = KoalaBear::kModulus;
  const int64_t least = 0 - 4 * 511 - 2048 * 511, most = 65535;
  EXPECT_LT(127 + 128 * most, kModulus);
  EXPECT_GT(128 * least, 512 - kModulus);  // so limb 1 is piece1 + 2^7 low2 over the integers
  for (int64_t low2 = least; low2 <= most; ++low2) {
    const bool some = 128 * low2 <= 511 && 127 + 128 * low2 >= 0;
    EXPECT_EQ(some, low2 >= 0 && low2 <= 3);
  }
}

/// All numbers from low to high; constants 1 / 2^k modulo p are what they stand for.
struct Interval {
  double low = 0, high = 0;

  constexpr Interval() = default;
  constexpr Interval(int64_t x) : Interval(number(x), number(x)) {}  // NOLINT
  constexpr Interval(double a, double b) : low(a), high(b) {}
  static constexpr double number(int64_t x) {
    if (x == int64_t{KoalaBear(1 << 16).inverse().canonical()}) return 1.0 / 65536;
    return static_cast<double>(x);
  }
  friend Interval operator+(Interval a, Interval b) { return {a.low + b.low, a.high + b.high}; }
  friend Interval operator-(Interval a, Interval b) { return {a.low - b.high, a.high - b.low}; }
  friend Interval operator*(Interval a, Interval b) {
    const double x[] = {a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high};
    return {*std::min_element(x, x + 4), *std::max_element(x, x + 4)};
  }
  double size() const { return std::max(-low, high); }
};

struct IntervalEvaluator : EvaluatorBase<IntervalEvaluator> {
  using Value = Interval;
  struct Message {
    Bus bus;
  };
  Blake2sRounds::Columns<Interval> cells{};
  double carry = 0, operand = 0;

  template <template <class> class Columns>
  Columns<Interval> columns() {
    return cells;
  }
  void zero(Interval value, const char* what) {
    if (std::string(what).rfind("carry", 0) == 0) carry = std::max(carry, value.size());
  }
  Message empty_message(Bus bus) { return {bus}; }
  void add(Message& m, int, Interval x) {
    if (m.bus == Bus::kXor) operand = std::max(operand, x.size());
  }
  template <class T>
  void fraction(int, const T&, Message) {}
};

TEST(Blake2sBounds, SumsAndCutsDoNotWrap) {
  // Every piece below 2^9, the widest there is.
  IntervalEvaluator e;
  auto* cell = reinterpret_cast<Interval*>(&e.cells);
  for (int i = 0; i < kShape<Blake2sRounds>.columns; ++i) cell[i] = {0, 511};
  for (int i = 0; i < 16; ++i) e.cells.message[i] = {{0, 65535}, {0, 65535}};
  for (int i = 0; i < 4; ++i) {
    e.cells.a[i] = e.cells.c[i] = {{0, 65535}, {0, 65535}};
    e.cells.b[i] = {{0, 65535}, {0, 511}, {0, 127}};
  }

  Blake2sRounds::evaluate(e);

  // The bound of c (c - 1) (c - 2) is a product of bounds, each at least that of |c| less 2. So the
  // difference of two sums, 2^16 c, is below 2^30 in size, and c = 0, 1, 2 holds over the integers.
  EXPECT_GT(e.carry, 1);
  EXPECT_LT(65536 * (std::cbrt(e.carry) + 2), 1 << 30);
  // Every operand is below p in size as an integer: below 2^w modulo p means below 2^w.
  EXPECT_GT(e.operand, 1 << 20);
  EXPECT_LT(e.operand, 1 << 30);
}

TEST(Blake2sShape, CostsWhatTheDesignSays) {
  EXPECT_EQ(kShape<Blake2s>.cells(), 1069);
  EXPECT_EQ(kShape<Blake2sRounds>.cells(), 726);
  EXPECT_LE(kShape<Blake2s>.degree, 3);
  EXPECT_LE(kShape<Blake2sRounds>.degree, 3);
}

}  // namespace
}  // namespace cairn
