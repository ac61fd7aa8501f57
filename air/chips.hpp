// The chips, in the order of the proof format: new ones go last.
//
// X(file, Type): air/chips/<file>.hpp defines struct Type. CMake reads this list too and compiles each
// chip's kernels by themselves (kernels/CMakeLists.txt).
#pragma once

#include <cstdint>
#include <cstdlib>
#include <utility>

#include "air/chips/aeq.hpp"
#include "air/chips/memory.hpp"
#include "air/chips/pair9_table.hpp"
#include "air/chips/range_table.hpp"

#define CAIRN_CHIPS(X)        \
  X(aeq, Aeq)                 \
  X(memory, Memory)           \
  X(range_table, RangeTable)  \
  X(pair9_table, Pair9Table)

namespace cairn {

/// A chip's number: its place in the list above, and in every proof.
enum class ChipId : uint32_t {
#define CAIRN_ENTRY(file, Type) k##Type,
  CAIRN_CHIPS(CAIRN_ENTRY)
#undef CAIRN_ENTRY
};

inline constexpr uint32_t kChipCount = 0
#define CAIRN_ENTRY(file, Type) +1
    CAIRN_CHIPS(CAIRN_ENTRY)
#undef CAIRN_ENTRY
    ;

template <class Chip>
inline constexpr ChipId kChipId{};
#define CAIRN_ENTRY(file, Type) \
  template <>                   \
  inline constexpr ChipId kChipId<Type> = ChipId::k##Type;
CAIRN_CHIPS(CAIRN_ENTRY)
#undef CAIRN_ENTRY

/// Calls f.template operator()<Chip>() for each chip, in order.
template <class F>
void for_each_chip(F&& f) {
#define CAIRN_ENTRY(file, Type) f.template operator()<Type>();
  CAIRN_CHIPS(CAIRN_ENTRY)
#undef CAIRN_ENTRY
}

/// Calls f.template operator()<Chip>() for the chip of that number (below kChipCount) and gives its result.
template <class F>
auto with_chip(uint32_t chip, F&& f) {
  switch (static_cast<ChipId>(chip)) {
#define CAIRN_ENTRY(file, Type) \
  case ChipId::k##Type:         \
    return f.template operator()<Type>();
    CAIRN_CHIPS(CAIRN_ENTRY)
#undef CAIRN_ENTRY
  }
  std::abort();
}

}  // namespace cairn
