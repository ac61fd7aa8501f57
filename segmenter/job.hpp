// A job: everything that a PIE says, checked and laid out for proving.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "air/image.hpp"
#include "air/statement.hpp"
#include "segmenter/image_builder.hpp"

namespace cairn {

/// What `cairn inspect` tells of a run.
struct RunFacts {
  uint64_t steps = 0;
  uint64_t given_cells = 0;  // records of memory.bin
  uint64_t addresses = 0;    // cells of the proven memory, holes included
  uint64_t holes = 0;
  uint64_t immediate_cells = 0;             // cells with kappa = 0
  uint64_t mid_cells = 0, big_cells = 0;    // cells with kappa = 1
  uint64_t mid_values = 0, big_values = 0;  // distinct values of those
  uint64_t instructions = 0;                // distinct executed
  uint64_t extra_segments = 0;
  std::vector<std::pair<std::string, uint64_t>>
      mix;  // steps by chip; chips that are not built included
  std::vector<std::pair<std::string, uint64_t>> builtins;  // listed builtins: instances used
};

struct Job {
  ImageBlob image;  // view_image(image.bytes())
  Statement statement;
  RunFacts facts;
  /// Why the job cannot be proven yet, one sentence each; empty if it can.
  std::vector<std::string> missing;
};

struct LoadOptions {
  /// For the memory and what is made of it, in bytes.
  uint64_t memory_limit = uint64_t{64} << 30;
  int threads = 0;  // 0: one a core
};

/// Reads, relocates and replays the PIE. Throws Error: kBadInput with one line that names file and
/// place, kOutOfResource if it is too large. Chips that are not built yet are no error here: see
/// Job::missing.
Job load_job(const std::string& path, const LoadOptions& options = {});

/// Throws Error(kBadInput) with all reasons, in one line, if the job cannot be proven.
void require_provable(const Job& job);

}  // namespace cairn
