#include "kernels/deep.hpp"

#include "kernels/backend.hpp"
#include "kernels/buffer.hpp"

namespace cairn {

void accumulate_columns(Backend& backend, const KoalaBear* columns, uint64_t stride,
                        uint32_t column_count, const KoalaBear5* coefficients, KoalaBear* out,
                        uint64_t out_stride, uint64_t points) {
  backend.run(
      AccumulateColumns{columns, stride, column_count, coefficients, out, out_stride, points});
}

void divide_by_poles(Backend& backend, uint32_t log_height, const KoalaBear* points,
                     const KoalaBear5& z, const DeepOpening& opening, KoalaBear* out) {
  const uint64_t height = uint64_t{1} << log_height;
  const KoalaBear root = KoalaBear::root_of_unity(static_cast<int>(log_height));
  Buffer<KoalaBear> inverses(backend, height);
  invert_norms(backend, points, z, height, inverses.data());
  backend.run(DeepQuotient{.points = points,
                           .inverse_norms = inverses.data(),
                           .here = opening.here,
                           .next = opening.next,
                           .stride = opening.stride,
                           .next_stride = opening.next_stride,
                           .here_pole = make_pole(z),
                           .next_pole = make_pole(root * z, root.inverse().power(5)),
                           .here_value = opening.here_value,
                           .next_value = opening.next_value,
                           .height = height,
                           .out = out,
                           .count = height});
}

}  // namespace cairn
