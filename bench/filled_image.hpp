// A real run to fill rows from.
#pragma once

#include <string>

#include "segmenter/job.hpp"
#include "segmenter/plan.hpp"

namespace cairn::bench {

struct FilledImage {
  Job job;
  Image image{};  // into job
  Part part{};    // the one with the most real rows

  /// Throws Error(kBadInput) as load_job() does.
  explicit FilledImage(const std::string& pie);
};

}  // namespace cairn::bench
