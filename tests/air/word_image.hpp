// The least memory for rows of a chip: cells set one by one, values interned as the segmenter does.
#pragma once

#include <algorithm>
#include <vector>

#include "air/image.hpp"

namespace cairn {

class WordImage {
 public:
  void set(uint32_t address, const Felt& value) {
    if (cells_.size() <= address) cells_.resize(address + 1, Cell{Cell::kHole});
    cells_[address] = intern(value);
  }
  void set(uint32_t address, uint64_t value) { set(address, Felt{{value, 0, 0, 0}}); }

  /// Values below 2^251 only: none of a test is negative.
  Cell intern(const Felt& value) {
    if ((value.word[1] | value.word[2] | value.word[3]) == 0 && value.word[0] < Cell::kBias) {
      return {static_cast<uint32_t>(value.word[0]) + Cell::kBias};
    }
    const bool mid = value.word[3] == 0 && value.word[2] >> 7 == 0;
    std::vector<Felt>& list = mid ? mid_ : big_;
    auto found = std::find(list.begin(), list.end(), value);
    if (found == list.end()) found = list.insert(list.end(), value);
    const auto index = static_cast<uint32_t>(found - list.begin());
    return {Cell::kBig | (mid ? Cell::kMid : 0) | index};
  }

  std::vector<State> states;  // of one chip
  AddressRange builtin[kBuiltinCount]{};

  /// The image so far; `chip` owns the states.
  Image view(uint32_t chip) const {
    Image image{};
    image.cells = cells_.data();
    image.cell_end = static_cast<uint32_t>(cells_.size());
    image.big = big_.data();
    image.big_count = static_cast<uint32_t>(big_.size());
    image.mid = mid_.data();
    image.mid_count = static_cast<uint32_t>(mid_.size());
    image.states = states.data();
    for (uint32_t c = chip + 1; c <= kMaxChips; ++c) {
      image.state_begin[c] = static_cast<uint32_t>(states.size());
    }
    std::copy(std::begin(builtin), std::end(builtin), image.builtin);
    return image;
  }

 private:
  std::vector<Cell> cells_{Cell{Cell::kHole}};
  std::vector<Felt> big_, mid_;
};

}  // namespace cairn
