// Runs a function in a process of its own, for code that is not safe on hostile input.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "core/error.hpp"

namespace cairn {

/// What `work` returns, made in a child process. An Error (kBadInput) when it threw, crashed, or
/// used more than a minute of CPU time.
Result<std::vector<std::byte>> run_isolated(const std::function<std::vector<std::byte>()>& work);

}  // namespace cairn
