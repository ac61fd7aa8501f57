// BITWISE: honest rows hold, no cell can change alone, and wrong results are refused.
#include "air/chips/bitwise.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/felt252.hpp"
#include "tests/air/hand_made_image.hpp"
#include "tests/support/random.hpp"

namespace cairn {
namespace {

using hand_made::Cells;
using hand_made::Evaluation;
using hand_made::HandMadeImage;

constexpr Felt kTop{{~uint64_t{0}, ~uint64_t{0}, ~uint64_t{0}, ~uint64_t{0} >> 5}};  // 2^251 - 1

Felt random_felt(Random& random) {
  Felt x;
  for (uint64_t& word : x.word) word = random.bits();
  return x & kTop;
}

std::vector<Felt> instance(const Felt& x, const Felt& y) { return {x, y, x & y, x ^ y, x | y}; }

std::vector<Felt> instances() {
  Random random(1);
  std::vector<Felt> values;
  const auto add = [&](const Felt& x, const Felt& y) {
    for (const Felt& value : instance(x, y)) values.push_back(value);
  };
  add(kTop, kTop);
  add({}, kTop);
  add({}, {});
  add({{1, 0, 0, 0}}, kTop);
  while (values.size() < 5 * 40) add(random_felt(random), random_felt(random));
  return values;
}

struct Rows {
  HandMadeImage memory;
  Part part{0, 6, 0, 0, 1, 0};

  explicit Rows(const std::vector<Felt>& values) : memory(values) {
    memory.set_builtin(Builtin::kBitwise);
    part.count = static_cast<uint32_t>(values.size() / 5);
    part.range_end = memory.image().cell_end;
  }
  Cells fill(uint32_t row) const {
    return hand_made::cells_of<Bitwise>(Bitwise::fill(memory.image(), Counts{}, part, row));
  }
  Evaluation evaluate(uint32_t row, const Cells& cells) const {
    return hand_made::evaluate<Bitwise>(part, row, cells, fill((row + 1) % part.height()));
  }
  bool accepts(uint32_t row, const Cells& cells) const {
    const Evaluation e = evaluate(row, cells);
    if (row > 0 &&
        !hand_made::evaluate<Bitwise>(part, row - 1, fill(row - 1), cells).broken.empty())
      return false;
    return hand_made::locally_valid(e) && memory.holds(e);
  }
};

TEST(Bitwise, CostsWhatItsHeaderSays) {
  EXPECT_EQ(kShape<Bitwise>.columns, 96);
  EXPECT_EQ(kShape<Bitwise>.fractions, 38);
  EXPECT_EQ(kShape<Bitwise>.cells(), 191);
  EXPECT_LE(kShape<Bitwise>.degree, 3);
}

TEST(Bitwise, HonestRowsHoldAndPaddingIsSilent) {
  const Rows rows(instances());
  for (uint32_t row = 0; row < rows.part.height(); ++row) {
    EXPECT_TRUE(rows.accepts(row, rows.fill(row))) << row;
    EXPECT_EQ(rows.evaluate(row, rows.fill(row)).terms.empty(), row >= rows.part.count) << row;
  }
}

TEST(Bitwise, TakesImmediates) {
  Rows rows(instance({{6, 0, 0, 0}}, {{10, 0, 0, 0}}));
  const int32_t values[] = {6, 10, 2, 12, 14};
  for (uint32_t i = 0; i < 5; ++i) rows.memory.set_immediate(1 + i, values[i]);

  EXPECT_TRUE(rows.accepts(0, rows.fill(0)));
}

TEST(Bitwise, NoCellChangesAlone) {
  const Rows rows(instances());
  Random random(2);
  for (uint32_t row : {0u, 3u, 17u, rows.part.count - 1}) {
    const Cells honest = rows.fill(row);
    for (size_t i = 0; i < honest.size(); ++i) {
      for (const KoalaBear value : {honest[i] + 1, honest[i] - 1, -honest[i], KoalaBear(0),
                                    KoalaBear(2), rows.fill(5)[i], random.koala_bear()}) {
        if (value == honest[i]) continue;
        Cells changed = honest;
        changed[i] = value;
        EXPECT_FALSE(rows.accepts(row, changed)) << "row " << row << " column " << i;
      }
    }
  }
}

TEST(Bitwise, RefusesWrongResults) {
  Random random(3);
  for (uint32_t cell = 2; cell < 5; ++cell) {
    for (int bit : {0, 8, 9, 100, 250}) {
      std::vector<Felt> values = instance(random_felt(random), random_felt(random));
      values[cell].word[bit / 64] ^= uint64_t{1} << bit % 64;
      const Rows rows(values);
      EXPECT_FALSE(rows.accepts(0, rows.fill(0))) << cell << " " << bit;
    }
  }
  // The same class modulo P, and an input that is too large.
  const Felt y{{3, 0, 0, 0}};
  const Felt shifted{{6, 0, 0, kCairoPrime.word[3]}};  // P + 5, 5 modulo P
  const Rows rows({shifted, y, shifted & y, shifted ^ y, shifted | y});
  EXPECT_FALSE(rows.accepts(0, rows.fill(0)));
}

TEST(Bitwise, AnInstanceCannotBeLeftOut) {
  const Rows rows(instances());
  Cells next = rows.fill(4);  // row 3 skipped: two rows meet whose addresses are 10 apart
  EXPECT_FALSE(hand_made::evaluate<Bitwise>(rows.part, 2, rows.fill(2), next).broken.empty());
  next = rows.fill(3);
  next[1] = 0;  // padding begins before the end of the range
  EXPECT_FALSE(hand_made::evaluate<Bitwise>(rows.part, 2, rows.fill(2), next).broken.empty());
}

TEST(Bitwise, AgreesWithBitsOneByOne) {
  Random random(4);
  for (int i = 0; i < 20; ++i) {
    const Felt x = random_felt(random), y = random_felt(random);
    for (int bit = 0; bit < 252; ++bit) {
      const uint32_t a = x.bits(bit, 1), b = y.bits(bit, 1);
      EXPECT_EQ((x & y).bits(bit, 1), a * b);
      EXPECT_EQ((x ^ y).bits(bit, 1), (a + b) % 2);
      EXPECT_EQ((x | y).bits(bit, 1), a + b - a * b);
    }
  }
}

}  // namespace
}  // namespace cairn
