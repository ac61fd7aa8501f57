// What the plan must know of each chip at run time, out of the chips themselves.
#pragma once

#include <array>
#include <cstdint>

#include "air/chips.hpp"
#include "air/part.hpp"
#include "air/rows.hpp"

namespace cairn {

struct ChipFacts {
  const char* name;
  Kind kind;
  bool reads_counts;
  uint32_t cells;    // committed in a row
  uint32_t columns;  // main columns
  uint32_t fixed;    // fixed columns
  uint32_t rows_per_call;
  uint32_t uses[kBusCount];  // per row
};

/// By chip number.
inline constexpr std::array<ChipFacts, kChipCount> kChipFacts = [] {
  std::array<ChipFacts, kChipCount> facts{};
  const auto add = [&facts]<class Chip>() {
    constexpr Shape kThis = kShape<Chip>;
    ChipFacts& f = facts[static_cast<uint32_t>(kChipId<Chip>)];
    f.name = Chip::kName;
    f.kind = Chip::kKind;
    f.reads_counts = Chip::kReadsCounts;
    f.cells = static_cast<uint32_t>(kThis.cells());
    f.columns = static_cast<uint32_t>(kThis.columns);
    f.fixed = static_cast<uint32_t>(kThis.fixed);
    f.rows_per_call = kRowsPerCall<Chip>;
    for (int bus = 0; bus < kBusCount; ++bus) f.uses[bus] = kThis.uses[bus];
  };
#define CAIRN_ENTRY(file, Type) add.template operator()<Type>();
  CAIRN_CHIPS(CAIRN_ENTRY)
#undef CAIRN_ENTRY
  return facts;
}();

}  // namespace cairn
