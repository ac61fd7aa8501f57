// A backend that does everything twice, on two others, and compares what they wrote: any program
// becomes a test of one backend against the other.
#pragma once

#include <memory>

#include "kernels/backend.hpp"

namespace cairn {

/// Memory is mirrored: callers see `first`'s addresses, and the pointers in a kernel are translated
/// for `second`. After every run the blocks that the kernel points into must be equal; else
/// Error(kBug) names kernel, block and place. Slow: for tests and debugging.
std::unique_ptr<Backend> make_dual_backend(std::unique_ptr<Backend> first,
                                           std::unique_ptr<Backend> second);

}  // namespace cairn
