// Which parts a job has, and which bundle proves each: a pure function of the row counts and the
// options, never of ranks or timing, so that any set of ranks makes the same proof.
//
// Bundles of chips that need no multiplicities come first (wave 0: they can be committed while uses
// are still counted), then those of the tables (wave 1). Within a wave all bundles have similar
// cost. The order of bundles is the order of leaves; parts of a chip over a contiguous range ascend
// along it.
#pragma once

#include <cstdint>
#include <vector>

#include "air/part.hpp"
#include "air/rows.hpp"
#include "segmenter/bundle_memory.hpp"

namespace cairn {

struct PlanOptions {
  /// Bundles to aim at, so that as many ranks find work; fewer if they would be too small.
  uint32_t target_bundles = 8;
  /// Bundles below this many committed cells are not worth their proof.
  uint64_t min_bundle_cells = 1'500'000;
  /// Memory that proving one bundle may take, in bytes.
  uint64_t memory_limit = uint64_t{3} << 30;
};

/// Throws Error(kOutOfResource) if some part cannot be made to fit the memory limit, or the job is
/// too large for its counts to stay below the field's modulus.
std::vector<Bundle> make_plan(const JobRows& rows, const PlanOptions& options = {});

/// Do the bundle's parts need the job's use counts before they can be filled?
bool reads_counts(const Bundle& bundle);

/// Cells that proving commits to, padding included.
uint64_t committed_cells(const Part& part);
uint64_t committed_cells(const Bundle& bundle);

/// What committing and proving the bundle costs beside others, in cells.
uint64_t proving_cost(const Bundle& bundle);

/// What bundle_memory.hpp is asked about.
std::vector<PartSize> sizes_of(const Bundle& bundle);
/// Predicted peak memory of proving the bundle, in bytes, without what stands all the time.
uint64_t predicted_bytes(const Bundle& bundle);

}  // namespace cairn
