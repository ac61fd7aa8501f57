#include "kernels/lift.hpp"

#include "core/error.hpp"
#include "kernels/backend.hpp"

namespace cairn {

void lift_add(Backend& backend, const KoalaBear* low, uint64_t low_stride, uint32_t low_log_height,
              KoalaBear* tall, uint64_t tall_stride, uint32_t tall_log_height) {
  check(low_log_height <= tall_log_height, "a codeword is lifted to a taller domain");
  backend.run(LiftAdd{low, low_stride, low_log_height, tall, tall_stride, tall_log_height,
                      uint64_t{2} << tall_log_height});
}

}  // namespace cairn
