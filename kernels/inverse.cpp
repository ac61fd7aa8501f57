#include "kernels/inverse.hpp"

#include "kernels/backend.hpp"
#include "kernels/block_plan.hpp"

namespace cairn {

void invert(Backend& backend, KoalaBear* values, uint64_t rows) {
  for_each_block_run(rows, BatchInverse::kMaxTogether,
                     [&](uint64_t begin, uint32_t together, uint64_t count) {
                       backend.run(BatchInverse{values + begin, together, count});
                     });
}

void invert_extension(Backend& backend, KoalaBear* values, uint64_t stride, uint64_t rows) {
  for_each_block_run(rows, BatchInverseExtension::kMaxTogether,
                     [&](uint64_t begin, uint32_t together, uint64_t count) {
                       backend.run(BatchInverseExtension{values + begin, stride, together, count});
                     });
}

}  // namespace cairn
