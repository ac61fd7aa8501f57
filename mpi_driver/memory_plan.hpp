// What memory a worker may use, and how much it will.
#pragma once

#include <cstdint>
#include <span>

#include "air/image.hpp"
#include "air/part.hpp"
#include "mpi_driver/options.hpp"

namespace cairn {

/// Resident bytes of one worker at its highest, predicted.
struct MemoryNeed {
  uint64_t program = 0;  // code, libraries, MPI
  uint64_t image = 0;    // shared by the ranks of a host, resident in each
  uint64_t counts = 0;   // and the threads' own
  uint64_t tables = 0;   // twiddles
  uint64_t kept = 0;     // commitments from commit to prove
  uint64_t proving = 0;  // the dearest bundle

  /// What stands whichever bundle is proven.
  uint64_t standing() const { return program + image + counts + tables; }
  uint64_t total() const { return standing() + kept + proving; }
};

/// Of a worker of `threads` threads that does one in `workers` of the bundles and may use
/// `allowance` bytes.
MemoryNeed predict_memory(const Image& image, uint64_t image_bytes, std::span<const Bundle> bundles,
                          unsigned threads, unsigned workers, uint64_t allowance);

/// Bytes that one of `workers` workers of a host may use: --memory, or its share of half of what
/// the host has to give.
uint64_t memory_allowance(const Options& options, unsigned workers);

}  // namespace cairn
