// Proves one bundle in the phases of a job: count uses, commit, (global challenge), prove.
//
// Between commit and prove nothing but the root is kept: the trace is filled and extended again,
// since holding every bundle of a job would cost 8 bytes a cell of the whole job
// (docs/architecture.md).
#pragma once

#include "air/image.hpp"
#include "air/part.hpp"
#include "kernels/backend.hpp"
#include "stark/protocol/proof.hpp"

namespace cairn {

class BundleProver {
 public:
  /// `image` and `counts` point into the backend's memory and outlive the prover.
  BundleProver(Backend& backend, Hash hash, const Image& image, const Counts& counts,
               const Bundle& bundle);

  /// Adds the uses of all rows to the counts. Throws Error(kBug) when a row uses what nothing
  /// provides.
  void count_uses();
  /// Fills and commits the main columns; for parts that read counts, the counts must be complete.
  SegmentRecord commit();
  /// The proof of this bundle as segment `index` of the job.
  SegmentProof prove(const GlobalChallenge& challenge, uint32_t index);

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
