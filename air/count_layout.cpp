#include "air/count_layout.hpp"

#include <algorithm>
#include <numeric>

#include "air/rows.hpp"

namespace cairn {
namespace {

constexpr size_t kFirstEntry = 5;  // memory, and two each of big and mid come before

}  // namespace

CountLayout::CountLayout(const Image& image) {
  size_t pair9 = 0, range = 0, exclusive_or = 0, pedersen_point = 0, poseidon_round = 0;
  for (const NeededTable& table : needed_tables(count_rows(image))) {
    const size_t height = size_t{1} << table.log_height;
    with_chip(table.chip, [&]<class Chip>() {
      const auto provides = [](Bus bus) { return kShape<Chip>.provides[static_cast<int>(bus)]; };
      if (provides(Bus::kPair9)) pair9 = height;
      if (provides(Bus::kRange)) range = std::max(range, 2 * height);
      if (provides(Bus::kXor)) exclusive_or = std::max(exclusive_or, 2 * height);
      if (provides(Bus::kPedersenPoint)) pedersen_point = kPedersenPoints;
      if (provides(Bus::kPoseidonRound)) poseidon_round = kPoseidonRounds;
    });
  }
  sizes_ = {image.cell_end,
            image.big_count,
            image.big_count,
            image.mid_count,
            image.mid_count,
            image.immediate_count,
            image.immediate_count,
            image.instruction_count,
            pair9,
            range,
            exclusive_or,
            pedersen_point,
            poseidon_round};
}

size_t CountLayout::size() const {
  return std::accumulate(sizes_.begin(), sizes_.end(), size_t{0});
}

size_t CountLayout::entries() const {
  return std::accumulate(sizes_.begin() + kFirstEntry, sizes_.end(), size_t{0});
}

Counts CountLayout::in(uint32_t* array) const {
  auto take = [&, i = 0]() mutable {
    uint32_t* const begin = array;
    array += sizes_[i++];
    return begin;
  };
  Counts counts;
  counts.memory = take();
  counts.big[0] = take();
  counts.big[1] = take();
  counts.mid[0] = take();
  counts.mid[1] = take();
  counts.immediate[0] = take();
  counts.immediate[1] = take();
  counts.instruction = take();
  counts.pair9 = take();
  counts.range = take();
  counts.exclusive_or = take();
  counts.pedersen_point = take();
  counts.poseidon_round = take();
  counts.entry_count = entries();
  return counts;
}

}  // namespace cairn
