// What the plan must know of each chip at run time, out of the chips themselves.
#pragma once

#include <array>
#include <cstdint>

#include "air/chips.hpp"
#include "air/part.hpp"

namespace cairn {

struct ChipFacts {
  const char* name;
  Kind kind;
  bool reads_counts;
  uint32_t cells;            // committed in a row
  uint32_t row_cells;        // memory cells that a row of a builtin covers
  uint32_t range_widths;     // bit n: uses the RANGE table of n bits
  uint32_t uses[kBusCount];  // per row
};

/// By chip number.
inline constexpr std::array<ChipFacts, kChipCount> kChipFacts = [] {
  std::array<ChipFacts, kChipCount> facts{};
  const auto add = [&facts]<class Chip>() {
    constexpr Shape kThis = kShape<Chip>;
    ChipFacts& f = facts[static_cast<uint32_t>(kChipId<Chip>)];
    f = {Chip::kName,
         Chip::kKind,
         Chip::kReadsCounts,
         static_cast<uint32_t>(kThis.cells()),
         1,
         kThis.range_widths,
         {}};
    if constexpr (Chip::kKind == Kind::kBuiltin) f.row_cells = Chip::kCellsPerRow;
    for (int bus = 0; bus < kBusCount; ++bus) f.uses[bus] = kThis.uses[bus];
  };
#define CAIRN_ENTRY(file, Type) add.template operator()<Type>();
  CAIRN_CHIPS(CAIRN_ENTRY)
#undef CAIRN_ENTRY
  return facts;
}();

}  // namespace cairn
