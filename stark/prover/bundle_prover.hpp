// Proves one bundle in the phases of a job: count uses, commit, (global challenge), prove.
//
// Between commit and prove the caller keeps what was made if it has the memory, 12 bytes a main
// cell and the tree. Else the trace is filled, extended and hashed again.
#pragma once

#include <optional>
#include <vector>

#include "air/image.hpp"
#include "air/part.hpp"
#include "kernels/backend.hpp"
#include "stark/protocol/proof.hpp"
#include "stark/prover/commitment.hpp"

namespace cairn {

/// The main columns of a bundle.
struct CommittedTrace {
  std::vector<ColumnBlock> traces;  // by height, tallest first; none if they were not to be kept
  Commitment commitment;
};

class BundleProver {
 public:
  /// `image` and `counts` point into the backend's memory and outlive the prover.
  BundleProver(Backend& backend, Hash hash, const Image& image, const Counts& counts,
               const Bundle& bundle);

  /// Adds the uses of all rows to the counts. Throws Error(kBug) when a row uses what nothing
  /// provides.
  void count_uses();
  /// Fills and commits the main columns; for parts that read counts, the counts must be complete.
  /// With `counting`, for others alone, it does what count_uses() does on the way; with `keeping`,
  /// the result can be given to prove().
  CommittedTrace commit(bool counting = false, bool keeping = false);
  /// The proof of this bundle as segment `index` of the job.
  SegmentProof prove(const GlobalChallenge& challenge, uint32_t index,
                     std::optional<CommittedTrace> kept = {});

 private:
  Backend& backend_;
  Hash hash_;
  Image image_;
  Counts counts_;
  Bundle bundle_;
};

/// True when every part of the bundle may be committed before the counts are known (wave 0).
bool commits_before_counts(const Bundle& bundle);

}  // namespace cairn
