// How many rows each chip has in a job, and which fixed tables it needs: what a plan is made from.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "air/chips.hpp"
#include "air/image.hpp"

namespace cairn {

/// Rows of some chips come in calls that no part may cut; a part of 2^n rows holds
/// 2^n / kRowsPerCall of them, and Part::first and Part::count are numbers of calls. Any other
/// chip's call is one row.
template <class Chip>
inline constexpr uint32_t kRowsPerCall = [] {
  if constexpr (requires { Chip::kRowsPerCall; }) return uint32_t{Chip::kRowsPerCall};
  return uint32_t{1};
}();

struct JobRows {
  std::array<uint64_t, kChipCount> calls{};  // by chip; 0 for tables
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
      result.calls[kChip] = image.state_begin[kChip + 1] - image.state_begin[kChip];
    } else if constexpr (Chip::kKind == Kind::kBuiltin) {
      const AddressRange range = image.builtin[static_cast<int>(Chip::kBuiltin)];
      result.calls[kChip] = (range.end - range.begin) / Chip::kCellsPerRow;
      result.begin[kChip] = range.begin;
    } else if constexpr (Chip::kKind == Kind::kCall) {
      result.calls[kChip] = Chip::call_count(image);
    } else if constexpr (Chip::kKind != Kind::kTable) {
      result.calls[kChip] = rows_internal::listed_rows<Chip>(image);
    }
  });
  return result;
}

/// Gives a part its rows: calls from `first` on, as many as fit.
template <class Chip>
void place_rows(Part& part, const JobRows& job, uint64_t first) {
  constexpr uint32_t kChip = static_cast<uint32_t>(kChipId<Chip>);
  if constexpr (Chip::kKind == Kind::kTable) {
    part.count = part.height();
    return;
  }
  part.first = static_cast<uint32_t>(first);
  part.count = static_cast<uint32_t>(
      std::min<uint64_t>(part.height() / kRowsPerCall<Chip>, job.calls[kChip] - first));
  if constexpr (Chip::kKind == Kind::kRange) {
    part.range_begin = part.first;
    part.range_end = part.first + part.height();
  } else if constexpr (Chip::kKind == Kind::kBuiltin) {
    part.range_begin = job.begin[kChip] + part.first * Chip::kCellsPerRow;
    part.range_end = part.range_begin + part.count * Chip::kCellsPerRow;
  }
}

/// A fixed table in a height that some row of the job uses.
struct NeededTable {
  uint32_t chip;
  uint32_t log_height;
};

inline std::vector<NeededTable> needed_tables(const JobRows& job) {
  uint32_t range_widths = 0, xor_widths = 0;
  bool used[kBusCount] = {};
  for_each_chip([&]<class Chip>() {
    constexpr Shape kRow = kShape<Chip>;
    if (job.calls[static_cast<uint32_t>(kChipId<Chip>)] == 0) return;
    range_widths |= kRow.range_widths;
    xor_widths |= kRow.xor_widths;
    for (int bus = 0; bus < kBusCount; ++bus) used[bus] |= kRow.uses[bus] != 0;
  });
  std::vector<NeededTable> tables;
  for_each_chip([&]<class Chip>() {
    if constexpr (Chip::kKind == Kind::kTable) {
      constexpr auto kChip = static_cast<uint32_t>(kChipId<Chip>);
      if constexpr (requires { Chip::kLogHeight; }) {
        for (int bus = 0; bus < kBusCount; ++bus) {
          if (used[bus] && kShape<Chip>.provides[bus]) tables.push_back({kChip, Chip::kLogHeight});
        }
      } else {
        constexpr bool kXor = std::is_same_v<Chip, XorTable>;
        for (uint32_t width = 0; width < 32; ++width) {
          if (((kXor ? xor_widths : range_widths) >> width & 1) == 0) continue;
          tables.push_back({kChip, kXor ? 2 * width : width});
        }
      }
    }
  });
  return tables;
}

}  // namespace cairn
