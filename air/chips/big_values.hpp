// BIG: the values of 252 bits, whose words have kappa = 1 and the index as payload.
#pragma once

#include "air/chips/listed_values.hpp"

namespace cairn {

struct BigValues : ListedValues<kLimbs9> {
  static constexpr const char* kName = "BIG";
};

}  // namespace cairn
