// What this machine does at best, measured in the run that is held against it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bench/kernel_case.hpp"

namespace cairn::bench {

/// Rates a second, of all threads of a backend together; 0: not measured (a device has the copy
/// alone).
struct Roofs {
  double bytes = 0;  // copied, read and written, between buffers larger than any cache
  double multiplications = 0;
  double products = 0;
  double compressions = 0;
  double permutations = 0;
  double transposed = 0;  // elements
  std::string wrong;      // the loop that computed nonsense; empty: none
};

/// The roofs of the backend on `threads` threads, `set` being its instruction set (empty: a
/// device). `seconds` is spent on each.
Roofs measure_roofs(Backend& backend, const std::string& set, unsigned threads, double seconds);

/// The least time that the work can take, and the roof that says so; nothing when no roof applies.
struct Bound {
  double seconds;
  const char* roof;
};
std::optional<Bound> bound_of(const Work& work, const Roofs& roofs);

}  // namespace cairn::bench
