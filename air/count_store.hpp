// Host memory for the counts of one job.
#pragma once

#include <cstdint>
#include <vector>

#include "air/chips/memory.hpp"
#include "air/image.hpp"

namespace cairn {

/// Zeroed counters of the sizes that `image` asks for.
class CountStore {
 public:
  explicit CountStore(const Image& image)
      : memory_(image.cell_end + Memory::kCellsPerRow),
        instruction_(image.instruction_count),
        pair9_(1u << 18),
        range_(2u << kMaxRangeBits),
        exclusive_or_(2u << 2 * kMaxXorWidth),
        pedersen_point_(kPedersenPoints),
        poseidon_round_(kPoseidonRounds) {
    for (int bus = 0; bus < 2; ++bus) {
      big_[bus].resize(image.big_count);
      mid_[bus].resize(image.mid_count);
      immediate_[bus].resize(image.immediate_count);
    }
  }

  Counts view() {
    return {memory_.data(),
            {big_[0].data(), big_[1].data()},
            {mid_[0].data(), mid_[1].data()},
            {immediate_[0].data(), immediate_[1].data()},
            instruction_.data(),
            pair9_.data(),
            range_.data(),
            exclusive_or_.data(),
            pedersen_point_.data(),
            poseidon_round_.data(),
            0};  // arrays of their own: for one thread that counts
  }

 private:
  std::vector<uint32_t> memory_, big_[2], mid_[2], immediate_[2], instruction_, pair9_, range_,
      exclusive_or_, pedersen_point_, poseidon_round_;
};

}  // namespace cairn
