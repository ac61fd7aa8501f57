// Proving on whatever ranks a launcher gives, or alone.
#pragma once

#include <functional>

#include "mpi_driver/prove_job.hpp"

namespace cairn {

/// Proves `repeat` times. `tell` is called after each job on rank 0 alone. A rank that fails prints
/// its line, and ends all ranks with its exit code.
void prove_on_ranks(const Options& options, int& argc, char**& argv, unsigned repeat,
                    const std::function<void(const ProveOutcome&)>& tell);

}  // namespace cairn
