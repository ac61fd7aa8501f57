// RC128 and RC96: one text, two widths.
#include <gtest/gtest.h>

#include "air/chips/range_check128.hpp"
#include "air/chips/range_check96.hpp"
#include "tests/air/naive_felt.hpp"
#include "tests/air/one_chip.hpp"

namespace cairn {
namespace {

template <class Chip>
class RangeChecks : public testing::Test {
 protected:
  static constexpr int kBits = std::is_same_v<Chip, RangeCheck128> ? 128 : 96;
  static constexpr uint32_t kBegin = 3;

  void put(const std::vector<Felt>& values) {
    for (const Felt& value : values) memory_.set(memory_.end(), value);
    part_ = one_chip::builtin_part<Chip>(kBegin, memory_.end());
  }
  one_chip::Memory memory_ = [] {
    one_chip::Memory memory;
    memory.set(kBegin - 1, 1);
    return memory;
  }();
  Part part_{};
};

using Widths = testing::Types<RangeCheck128, RangeCheck96>;
TYPED_TEST_SUITE(RangeChecks, Widths);

TYPED_TEST(RangeChecks, AcceptsWhatIsBelowTheBound) {
  const Felt one{{1, 0, 0, 0}};
  std::vector<Felt> values = {{}, one};
  for (int i = 1; i < this->kBits; ++i) values.push_back(naive::power_of_two(i));
  for (int i = 1; i <= this->kBits; ++i) {
    values.push_back(naive::minus(naive::power_of_two(i), one));
  }
  for (size_t first = 0; first < values.size(); first += 64) {
    this->memory_ = {};
    this->memory_.set(2, 1);
    this->put({values.begin() + static_cast<long>(first),
               values.begin() + static_cast<long>(std::min(first + 64, values.size()))});

    one_chip::expect_honest<TypeParam>(this->memory_.image(), this->part_);
  }
}

TYPED_TEST(RangeChecks, RefusesWhatIsNot) {
  const Felt bound = naive::power_of_two(this->kBits);
  this->put({bound, naive::plus(bound, Felt{{1, 0, 0, 0}}), naive::plus(bound, bound),
             naive::felt(-1), naive::felt(-2), naive::felt(-(1 << 28)), naive::power_of_two(134),
             naive::power_of_two(251), naive::minus(kCairoPrime, naive::power_of_two(95))});
  const Image image = this->memory_.image();
  for (uint32_t row = 0; row < this->part_.count; ++row) {
    const auto cells = one_chip::fill<TypeParam>(image, this->part_, row);

    EXPECT_FALSE(one_chip::accepted<TypeParam>(image, this->part_, row, cells)) << row;
  }
}

TYPED_TEST(RangeChecks, NoCellMayBeChangedAlone) {
  const Felt top = naive::minus(naive::power_of_two(this->kBits), Felt{{1, 0, 0, 0}});
  this->put({Felt{}, Felt{{1, 0, 0, 0}}, top, Felt{{1ull << 40, 77, 0, 0}}, naive::felt(12345)});

  const auto alive = one_chip::expect_no_free_cell<TypeParam>(
      this->memory_.image(), this->part_, this->part_.count, {2, 3, 4, 5, 6, 7, 512, 1 << 14});

  EXPECT_GE(alive.size(), 5u);  // the last two are of full parts and of padding
}

TYPED_TEST(RangeChecks, FullPartsEndAtTheirRange) {
  std::vector<Felt> values(64, Felt{{1ull << 60, 5, 0, 0}});
  this->put(values);
  ASSERT_EQ(this->part_.count, this->part_.height());
  const Image image = this->memory_.image();

  one_chip::expect_honest<TypeParam>(image, this->part_);

  this->part_.range_end += 1;
  const auto last = one_chip::fill<TypeParam>(image, this->part_, 63);
  EXPECT_THAT(one_chip::evaluate<TypeParam>(image, this->part_, 63, last).broken,
              testing::Contains("a full part ends at range_end"));
}

TEST(RangeCheckShape, IsCheap) {
  EXPECT_EQ(kShape<RangeCheck128>.cells(), 20);
  EXPECT_EQ(kShape<RangeCheck96>.cells(), 18);
  EXPECT_EQ(kShape<RangeCheck96>.range_widths, 1u << 15);
  EXPECT_EQ(kShape<RangeCheck128>.range_widths, 1u << 14 | 1u << 6);
}

}  // namespace
}  // namespace cairn
