// IMM: the limbs of an immediate are a function of its payload (design: cairo-air.md 5).
#include <gtest/gtest.h>

#include "air/chips.hpp"
#include "tests/air/naive_felt.hpp"
#include "tests/air/row_tools.hpp"
#include "tests/support/random.hpp"

namespace cairn {
namespace {

constexpr int64_t kBias = Cell::kBias;

std::vector<int64_t> values() {
  std::vector<int64_t> result = {
      0,         1,      2,         511,  512,  (1 << 27) - 1, 1 << 27,
      -1,        -2,     -3,        -511, -512, -(1 << 27),    -(1 << 27) - 1,
      kBias - 1, -kBias, -kBias + 1};
  Random random(4);
  for (int i = 0; i < 20000; ++i) {
    result.push_back(static_cast<int64_t>(random.below(2 * kBias)) - kBias);
  }
  return result;
}

FilledRow row_of(int64_t value) {
  const uint32_t payload = static_cast<uint32_t>(value + kBias);
  Image image{};
  image.immediates = &payload;
  image.immediate_count = 1;
  const Part part{static_cast<uint32_t>(ChipId::kImmediateValues), kMinLogHeight, 0, 1, 0, 0};
  return fill_row(image, Counts{}, part, 0);
}

TEST(ImmediateValues, HoldsTheLimbsOfTheValue) {
  for (int64_t value : values()) {
    const Felt word = naive::felt(value);

    const Evaluation result = evaluate(row_of(value));

    EXPECT_TRUE(result.broken.empty()) << value;
    ASSERT_EQ(result.terms[0].message.bus, Bus::kValue9);
    ASSERT_EQ(result.terms[1].message.bus, Bus::kValue27);
    for (int i = 0; i < kLimbs9; ++i) {
      EXPECT_EQ(result.terms[0].message.coordinate[2 + i], KoalaBear(word.limb9(i))) << value;
    }
    for (int i = 0; i < kLimbs27; ++i) {
      EXPECT_EQ(result.terms[1].message.coordinate[2 + i], KoalaBear(word.limb27(i))) << value;
    }
    EXPECT_EQ(result.terms[0].message.coordinate[0], KoalaBear(0));
    EXPECT_EQ(result.terms[0].message.coordinate[1], KoalaBear(value + kBias));
  }
}

/// Rows that the constraints and lookups admit for a payload.
int admitted_rows(KoalaBear payload) {
  int count = 0;
  for (int flags = 0; flags < 8; ++flags) {
    ImmediateValues::Columns<KoalaBear> c{};
    c.payload = payload;
    c.negative = flags & 1;
    c.borrows = (flags >> 1) & 1;
    c.bit27 = (flags >> 2) & 1;
    const uint32_t low =
        (payload - kBias + c.negative + c.borrows * kBias - c.bit27 * (1 << 27)).canonical();
    if (low >= 1u << 27) continue;  // three limbs of 9 bits hold no more
    c.l0 = low & 511;
    c.l1 = (low >> 9) & 511;
    c.l2 = low >> 18;
    FilledRow row{};
    const auto* cells = reinterpret_cast<const KoalaBear*>(&c);
    row.chip = static_cast<uint32_t>(ChipId::kImmediateValues);
    row.main.assign(cells, cells + kShape<ImmediateValues>.columns);
    row.next = row.main;
    count += evaluate(row).broken.empty() ? 1 : 0;
  }
  return count;
}

TEST(ImmediateValues, AdmitsOneRowForAPayload) {
  for (int64_t value : values()) EXPECT_EQ(admitted_rows(value + kBias), 1) << value;
}

TEST(ImmediateValues, AdmitsOnlyMinusOneBesidesPayloads) {
  EXPECT_EQ(admitted_rows(-1), 1);  // no cell of MEM can hold it
  EXPECT_EQ(admitted_rows(-2), 0);
  EXPECT_EQ(admitted_rows(2 * kBias), 0);
  EXPECT_EQ(admitted_rows(2 * kBias + 1), 0);
  Random random(5);
  for (int i = 0; i < 2000; ++i) {
    const int64_t outside = 2 * kBias + random.below(KoalaBear::kModulus - 1 - 2 * kBias);
    EXPECT_EQ(admitted_rows(outside), 0) << outside;
  }
}

}  // namespace
}  // namespace cairn
