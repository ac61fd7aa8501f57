// RC128: the range_check builtin, values below 2^128 = 2^(4 * 27 + 20). The top limb is two pieces,
// so that both tables are small. 10 columns, 4 lookups, 20 cells an instance.
#pragma once

#include "air/chips/range_check.hpp"

namespace cairn {

struct RangeCheck128 : RangeCheck<Builtin::kRangeCheck, 128, 14> {
  static constexpr const char* kName = "RC128";
};

}  // namespace cairn
