#include "kernels/extend.hpp"

#include "kernels/ntt.hpp"
#include "kernels/ntt_pass.hpp"
#include "kernels/tables.hpp"

namespace cairn {

void low_degree_extend(Backend& backend, const ExtendTask& task) {
  check(task.log_height < KoalaBear::kTwoAdicity, "an evaluation domain has a root of unity");
  check(!(task.input_shift == KoalaBear(0)), "the shift of a domain is not zero");
  if (task.columns != 0) backend.extend(task);
}

void extend_by_passes(Backend& backend, const ExtendTask& task) {
  const uint64_t height = uint64_t{1} << task.log_height;
  for (uint32_t column = 0; column < task.columns; ++column) {
    backend.copy(task.extended + column * task.extended_stride,
                 task.trace + column * task.trace_stride, height * sizeof(KoalaBear));
  }
  transform_by_passes(backend, {NttTask::Direction::kInterpolate, task.extended, task.log_height,
                                task.columns, task.extended_stride});
  // Half 0 last, in the place of the coefficients.
  for (const uint32_t half : {1u, 0u}) {
    const KoalaBear shift = half_shift_ratio(task, half);
    const KoalaBear* factors =
        backend.tables().get(backend, TableCache::Kind::kCosetFactors, task.log_height, shift, [&] {
          return bit_reversed_powers(shift, KoalaBear(static_cast<int64_t>(height)).inverse(),
                                     task.log_height);
        });
    KoalaBear* out = task.extended + half * height;
    backend.run(ScaleColumns{task.extended, out, factors, task.log_height, task.extended_stride,
                             task.extended_stride, task.columns * height});
    transform_by_passes(backend, {NttTask::Direction::kEvaluate, out, task.log_height, task.columns,
                                  task.extended_stride});
  }
}

void Backend::extend(const ExtendTask& task) { extend_by_passes(*this, task); }

}  // namespace cairn
