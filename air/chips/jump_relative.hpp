// JMP_R: jmp rel [ap or fp + o2].
#pragma once

#include "air/chips/jump.hpp"

namespace cairn {

struct JumpRelative : JumpToOperand<true> {
  static constexpr const char* kName = "JMP_R";
};

}  // namespace cairn
