#include "bench/filled_image.hpp"

#include "segmenter/image_builder.hpp"

namespace cairn::bench {

FilledImage::FilledImage(const std::string& pie) : job(load_job(pie)) {
  require_provable(job);
  image = view_image(job.image.bytes());
  for (const Bundle& bundle : make_plan(count_rows(image))) {
    for (const Part& candidate : bundle) {
      // Opcodes, whose rows are states of the run: what most of filling is spent on.
      const bool opcode = image.state_begin[candidate.chip + 1] > image.state_begin[candidate.chip];
      if (opcode && candidate.count > part.count) part = candidate;
    }
  }
}

}  // namespace cairn::bench
