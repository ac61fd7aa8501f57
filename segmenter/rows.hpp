// How many rows each chip has in a job: what a plan is made from.
#pragma once

#include <array>
#include <cstdint>

#include "air/chips.hpp"
#include "air/image.hpp"

namespace cairn {

struct JobRows {
  std::array<uint64_t, kChipCount> rows{};   // by chip; 0 for tables
  std::array<uint32_t, kChipCount> begin{};  // builtins: address of the first row
};

namespace rows_internal {

template <class Chip>
uint64_t listed_rows(const Image& image) {
  if constexpr (std::is_same_v<Chip, InstructionTable>) {
    return image.instruction_count;
  } else if constexpr (std::is_same_v<Chip, ImmediateValues>) {
    return image.immediate_count;
  } else if constexpr (std::is_same_v<Chip, Memory>) {
    return (uint64_t{image.cell_end} + Memory::kCellsPerRow - 2) / Memory::kCellsPerRow;
  } else if constexpr (std::is_same_v<Chip, BigValues>) {
    return image.big_count;
  } else {
    static_assert(std::is_same_v<Chip, MidValues>, "say where this chip's rows come from");
    return image.mid_count;
  }
}

}  // namespace rows_internal

inline JobRows count_rows(const Image& image) {
  JobRows result;
  for_each_chip([&]<class Chip>() {
    constexpr uint32_t kChip = static_cast<uint32_t>(kChipId<Chip>);
    if constexpr (Chip::kKind == Kind::kOpcode) {
      result.rows[kChip] = image.state_begin[kChip + 1] - image.state_begin[kChip];
    } else if constexpr (Chip::kKind == Kind::kBuiltin) {
      const AddressRange range = image.builtin[static_cast<int>(Chip::kBuiltin)];
      result.rows[kChip] = (range.end - range.begin) / Chip::kCellsPerRow;
      result.begin[kChip] = range.begin;
    } else if constexpr (Chip::kKind != Kind::kTable) {
      result.rows[kChip] = rows_internal::listed_rows<Chip>(image);
    }
  });
  return result;
}

}  // namespace cairn
