// Runs a function in a process of its own, for code that is not safe on hostile input.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "core/error.hpp"

namespace cairn {

/// What `work` returns, made in a child process. An Error (kBadInput) when it threw, crashed, used
/// more than a minute of CPU time, or gave more than `max_bytes`; the child may take four times
/// that, and 256 MiB, of memory beside what the caller has.
Result<std::vector<std::byte>> run_isolated(const std::function<std::vector<std::byte>()>& work,
                                            uint64_t max_bytes);

}  // namespace cairn
