// The device's extension, run on a CPU thread by thread: the same bodies, index maps and tables.
#include "kernels/tuned/extend_tiles.hpp"

#include <algorithm>
#include <numeric>
#include <set>

#include "backends.hpp"
#include "kernels/extend.hpp"

namespace cairn::test {
namespace {

/// Runs a launch as a device may: blocks in any order, and in a block, between two barriers,
/// threads in any order. Shared memory begins with a neighbour's leavings.
template <class Tile>
void simulate(const Tile& tile, uint32_t threads, uint32_t shared_values) {
  std::mt19937 random(7);
  std::vector<uint64_t> blocks(tile.blocks());
  std::iota(blocks.begin(), blocks.end(), uint64_t{0});
  std::shuffle(blocks.begin(), blocks.end(), random);
  std::vector<uint32_t> order(threads);
  std::iota(order.begin(), order.end(), 0u);
  std::vector<KoalaBear> shared = random_elements(shared_values, 11);
  for (const uint64_t block : blocks) {
    for (uint32_t phase = 0; phase < tile.phases(); ++phase) {
      std::shuffle(order.begin(), order.end(), random);
      for (const uint32_t thread : order) tile.phase(phase, block, thread, threads, shared.data());
    }
  }
}

void simulate_all(const ExtendTiles& launches) {
  const auto high = [](const HighTile& tile) {
    simulate(tile, tiles::kHighThreads, 1u << tile.log_tile());
  };
  if (launches.tall) high(launches.down);
  simulate(launches.turn, tiles::kLowThreads, 2u << tiles::kLogLowTile);
  if (launches.tall) high(launches.up);
}

class ExtendTilesTest : public testing::Test {
 protected:
  ExtendTilesTest() : backend_(backend_of("scalar")) {}

  void compare(uint32_t log_height, uint32_t columns, KoalaBear shift) {
    const uint64_t height = uint64_t{1} << log_height;
    const uint64_t gap = columns % 2 == 0 ? 0 : 24;  // between columns; stays as it is
    ExtendTask task{nullptr, height + gap, nullptr, 2 * height + gap, log_height, columns, shift};
    const auto trace = random_elements(columns * task.trace_stride, log_height + columns);
    const auto before = random_elements(columns * task.extended_stride, 3);
    auto in = Buffer<KoalaBear>::from_host(*backend_, trace);
    auto expected = Buffer<KoalaBear>::from_host(*backend_, before);
    auto actual = Buffer<KoalaBear>::from_host(*backend_, before);
    task.trace = in.data();
    task.extended = expected.data();
    extend_by_passes(*backend_, task);

    task.extended = actual.data();
    simulate_all(make_extend_tiles(*backend_, task));

    ASSERT_TRUE(actual.to_host() == expected.to_host())
        << "2^" << log_height << " rows, " << columns << " columns";
    ASSERT_TRUE(in.to_host() == trace);
  }

  std::unique_ptr<Backend> backend_;
};

TEST_F(ExtendTilesTest, EqualThePlainPassesAtEveryHeightOfOneLaunch) {
  for (uint32_t log_height = 1; log_height <= 12; ++log_height) {
    for (const uint32_t columns : {1u, 2u, 3u}) {
      compare(log_height, columns, KoalaBear(1));
      compare(log_height, columns, KoalaBear(5));
    }
  }
  // Columns that end inside a tile, and fill several.
  compare(3, 1025, KoalaBear(1));
  compare(9, 19, KoalaBear(7));
}

TEST_F(ExtendTilesTest, EqualThePlainPassesWithRowsToJoin) {
  for (uint32_t log_height = 13; log_height <= 17; ++log_height) {
    compare(log_height, 3, log_height % 2 == 0 ? KoalaBear(1) : KoalaBear(9));
  }
}

/// Rows that take three rounds, and tiles above 2^13 values, come in from 2^21 rows on.
TEST_F(ExtendTilesTest, SlowEqualThePlainPassesAtTheLargestHeights) {
  for (const uint32_t log_height : {20u, 21u, 22u, 23u}) compare(log_height, 1, KoalaBear(1));
}

TEST_F(ExtendTilesTest, TakeTwoLaunchesATransformAtMost) {
  // Interpolation is `down` and the first part of `turn`, evaluation the second part and `up`.
  std::vector<KoalaBear> none(1);
  const ExtendTiles launches = make_extend_tiles(
      *backend_, {none.data(), 1u << 16, none.data(), 2u << 16, 16, 4, KoalaBear(1)});

  EXPECT_TRUE(launches.tall);
  EXPECT_EQ(launches.down.blocks(), 4u * (1u << (12 - 9)));
  EXPECT_EQ(launches.turn.blocks(), 4u << (16 - 12));
  EXPECT_EQ(launches.up.blocks(), 2 * launches.down.blocks());
}

/// The most threads of a warp whose values lie in one bank, over all accesses of a round.
template <class Place>
uint32_t worst_bank(uint32_t log_tile, uint32_t at, uint32_t bits, Place&& place) {
  uint32_t worst = 0;
  for (uint32_t warp = 0; warp < 1u << (log_tile - bits); warp += 32) {
    for (uint32_t s = 0; s < 1u << bits; ++s) {
      uint32_t hits[32] = {};
      for (uint32_t lane = 0; lane < 32; ++lane) {
        worst = std::max(worst, ++hits[place(tiles::with_bits(warp + lane, s, at, bits)) % 32]);
      }
    }
  }
  return worst;
}

TEST_F(ExtendTilesTest, MeetEachBankOnceAWarp) {
  for (const uint32_t at : {0u, 4u, 8u}) {
    EXPECT_EQ(worst_bank(12, at, 4, tiles::low_place), 1u) << "low, from bit " << at;
  }
  for (uint32_t log_rows = 4; log_rows <= 11; ++log_rows) {
    const uint32_t log_lanes = std::max(3u, 13 - log_rows);
    for (uint32_t at = 0; at < log_rows; at += 4) {
      const uint32_t bits = std::min(4u, log_rows - at);
      EXPECT_EQ(worst_bank(log_rows + log_lanes, log_lanes + at, bits, tiles::high_place), 1u)
          << "high, 2^" << log_rows << " rows, from bit " << at;
    }
  }
}

TEST_F(ExtendTilesTest, PlaceEachValueOnce) {
  for (const auto place : {tiles::low_place, tiles::high_place}) {
    std::set<uint32_t> seen;
    for (uint32_t e = 0; e < 1u << 14; ++e) seen.insert(place(e));
    EXPECT_EQ(seen.size(), size_t{1} << 14);
    EXPECT_EQ(*seen.rbegin(), (1u << 14) - 1);
  }
}

}  // namespace
}  // namespace cairn::test
