#include "segmenter/interning.hpp"

#include <map>

#include <gtest/gtest.h>

#include "core/felt252.hpp"
#include "tests/support/random.hpp"

namespace cairn {
namespace {

Felt signed_felt(int64_t value) {
  const Felt252 size(static_cast<uint64_t>(value < 0 ? -value : value));
  return (value < 0 ? -size : size).integer();
}

Image image_of(const Interner& interner) {
  Image image{};
  image.big = interner.big().data();
  image.mid = interner.mid().data();
  return image;
}

TEST(Interner, PacksImmediatesByTheirRange) {
  Interner interner;
  constexpr int64_t kBias = Cell::kBias;
  for (const int64_t value :
       {int64_t{0}, int64_t{1}, int64_t{-1}, int64_t{-2}, kBias - 1, -kBias}) {
    const Cell cell = interner.pack(signed_felt(value));
    EXPECT_TRUE(cell.immediate()) << value;
    EXPECT_EQ(cell.value(), value);
  }
  EXPECT_EQ(interner.pack(signed_felt(kBias)).bits, Cell::kBig | Cell::kMid);
  EXPECT_EQ(interner.pack(signed_felt(-kBias - 1)).bits, Cell::kBig);
}

TEST(Interner, SplitsAtTwoToThe135) {
  Interner interner;
  const Cell below = interner.pack(Felt{{~uint64_t{0}, ~uint64_t{0}, 127, 0}});
  const Cell above = interner.pack(Felt{{0, 0, 128, 0}});

  EXPECT_EQ(below.payload(), Cell::kMid);
  EXPECT_EQ(above.payload(), 0u);
}

TEST(Interner, GivesEqualCellsToEqualValuesAndValuesBack) {
  Interner interner;
  Random random(1);
  std::map<std::string, uint32_t> seen;
  std::vector<std::pair<Felt, Cell>> all;
  for (int i = 0; i < 50000; ++i) {
    const Felt value = random.below(3) == 0 && !all.empty() ? all[random.below(all.size())].first
                                                            : random.odd_felt();
    const Cell cell = interner.pack(value);
    const auto [place, fresh] = seen.emplace(to_hex(value), cell.bits);
    EXPECT_EQ(place->second, cell.bits);
    all.emplace_back(value, cell);
  }
  const Image image = image_of(interner);
  for (const auto& [value, cell] : all) ASSERT_EQ(image.value(cell), value);
  for (const Felt& value : interner.mid()) EXPECT_NE(value, Felt{});
}

}  // namespace
}  // namespace cairn
