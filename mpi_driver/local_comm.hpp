// Comm between threads of one process: how one process alone is both coordinator and worker, and
// how tests run many ranks.
#pragma once

#include <memory>
#include <vector>

#include "core/comm.hpp"

namespace cairn {

/// The ranks of one group. Each is to be used by one thread, and holds the group alive.
std::vector<std::unique_ptr<Comm>> make_local_comms(int size);

}  // namespace cairn
