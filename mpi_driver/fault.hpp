// Faults on demand, for tests: CAIRN_FAULT=rank:phase makes that rank throw when it comes to that
// phase, CAIRN_FAULT=rank:phase:kill makes it die without a word.
#pragma once

#include <string_view>

namespace cairn {

/// Phases: load, setup, count, commit, prove, merge, verify, write.
void fault_point(int rank, std::string_view phase);

}  // namespace cairn
