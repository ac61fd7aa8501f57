// MID: the values below 2^135, whose words have the payload 2^28 + index.
#pragma once

#include "air/chips/listed_values.hpp"

namespace cairn {

struct MidValues : ListedValues<15> {
  static constexpr const char* kName = "MID";
};

}  // namespace cairn
