// The CUDA devices that this process sees; none in a build without CUDA.
#pragma once

#include <string>
#include <vector>

namespace cairn {

/// What tells each from all others of the host (its UUID, in hex), in the order of their numbers.
std::vector<std::string> device_ids();

}  // namespace cairn
