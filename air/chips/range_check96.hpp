// RC96: the range_check96 builtin, values below 2^96 = 2^(3 * 27 + 15). 8 columns, 3 lookups, 18
// cells an instance.
#pragma once

#include "air/chips/range_check.hpp"

namespace cairn {

struct RangeCheck96 : RangeCheck<Builtin::kRangeCheck96, 96, 15> {
  static constexpr const char* kName = "RC96";
};

}  // namespace cairn
