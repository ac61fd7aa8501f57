#include "kernels/extend.hpp"

#include "kernels/ntt.hpp"
#include "kernels/ntt_pass.hpp"
#include "kernels/tables.hpp"

namespace cairn {

void low_degree_extend(Backend& backend, KoalaBear* trace, KoalaBear* extended, uint32_t log_height,
                       uint32_t columns, KoalaBear input_shift) {
  check(log_height < KoalaBear::kTwoAdicity, "an evaluation domain has a root of unity");
  check(!(input_shift == KoalaBear(0)), "the shift of a domain is not zero");
  if (columns == 0) return;
  backend.extend({trace, extended, log_height, columns, input_shift});
}

void extend_by_passes(Backend& backend, const ExtendTask& task) {
  const uint64_t height = uint64_t{1} << task.log_height;
  transform_by_passes(backend, {NttTask::Direction::kInterpolate, task.trace, task.log_height,
                                task.columns, height});
  for (uint32_t half = 0; half < 2; ++half) {
    const KoalaBear shift = half_shift_ratio(task, half);
    const KoalaBear* factors =
        backend.tables().get(backend, TableCache::Kind::kCosetFactors, task.log_height, shift, [&] {
          return bit_reversed_powers(shift, KoalaBear(static_cast<int64_t>(height)).inverse(),
                                     task.log_height);
        });
    KoalaBear* out = task.extended + half * height;
    backend.run(ScaleColumns{task.trace, out, factors, task.log_height, height, 2 * height,
                             task.columns * height});
    transform_by_passes(
        backend, {NttTask::Direction::kEvaluate, out, task.log_height, task.columns, 2 * height});
  }
}

void Backend::extend(const ExtendTask& task) { extend_by_passes(*this, task); }

}  // namespace cairn
