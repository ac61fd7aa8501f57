// ADD_MOD and MUL_MOD: how instances of a batch follow one another, and batches in a segment.
#include "tests/air/mod_batches.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cairn {
namespace {

template <class Chip>
class ModBatches : public testing::Test {};

using Both = testing::Types<AddMod, MulMod>;
TYPED_TEST_SUITE(ModBatches, Both);

TYPED_TEST(ModBatches, BatchesHold) {
  const Batches b = example_batches<TypeParam>();

  one_chip::expect_honest<TypeParam>(b.image(), whole<TypeParam>(b));
}

TYPED_TEST(ModBatches, BatchesMayBeCutByParts) {
  const Batches b = example_batches<TypeParam>();
  for (uint32_t cut = 1; cut < b.instances(); ++cut) {
    const uint32_t middle = b.cell(cut, 0);

    one_chip::expect_honest<TypeParam>(b.image(),
                                       one_chip::builtin_part<TypeParam>(Batches::kBegin, middle));
    one_chip::expect_honest<TypeParam>(b.image(),
                                       one_chip::builtin_part<TypeParam>(middle, b.end()));
  }
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

TYPED_TEST(ModBatches, ABatchGoesOnAsItBegan) {
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

TYPED_TEST(ModBatches, ABatchMustNotBeginBeforeTheLastEnds) {
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

TYPED_TEST(ModBatches, AnythingBeforeTheSegmentOnlyAddsConstraints) {
  // The cell before the first instance is the prover's: what it may do is compare more.
  Batches b = example_batches<TypeParam>();
  b.memory.set(Batches::kBegin - 1, 4);  // n = 3 goes on from it, if the rest were there
  const Part part = whole<TypeParam>(b);
  const Image image = b.image();
  auto row = one_chip::fill<TypeParam>(image, part, 0);
  EXPECT_EQ(row.instance.continues, KoalaBear(1));

  EXPECT_FALSE(one_chip::accepted<TypeParam>(image, part, 0, row));
  row.instance.continues = 0;
  EXPECT_FALSE(one_chip::accepted<TypeParam>(image, part, 0, row));
}

TYPED_TEST(ModBatches, SwappedResultsAreRefused) {
  Batches b = example_batches<TypeParam>();
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

TYPED_TEST(ModBatches, AMissingInstanceIsRefused) {
  // A batch of 3, of which the rows leave out the second: its cells come right after the first's.
  SecondInstance<TypeParam> i;
  const uint32_t offsets = static_cast<uint32_t>(i.second.offsets_ptr) + 3;

  EXPECT_FALSE(i.goes_on_with(i.p, {i.second.values_ptr, offsets, 1}));
}

}  // namespace
}  // namespace cairn
