// A small real job, proven once for all tests of this folder, and a lone segment that is smaller
// still.
#pragma once

#include <memory>

#include "tests/support/prove_job.hpp"

namespace cairn::testing_support {

struct SmallJob {
  Job job;
  Image image;
  std::vector<Bundle> bundles;
  std::unique_ptr<Backend> backend;
  JobProof proof;

  /// The range_check sample: output, range checks, all eleven builtins listed, at least two
  /// segments.
  static const SmallJob& get();
};

/// A segment of one RANGE part of 64 rows under an arbitrary challenge: a proof of some ten
/// thousand bytes.
struct LoneSegment {
  GlobalChallenge challenge;
  SegmentRecord record;
  std::vector<std::byte> bytes;
};
LoneSegment prove_lone_segment();

}  // namespace cairn::testing_support
