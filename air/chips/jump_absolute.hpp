// JMP_A: jmp abs [ap or fp + o2].
#pragma once

#include "air/chips/jump.hpp"

namespace cairn {

struct JumpAbsolute : JumpToOperand<false> {
  static constexpr const char* kName = "JMP_A";
};

}  // namespace cairn
