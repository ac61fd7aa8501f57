#include "kernels/quotient.hpp"

#include "kernels/backend.hpp"

namespace cairn {

VanishingValues vanishing_values(uint32_t log_height) {
  const KoalaBear power = KoalaBear::generator().power(uint64_t{1} << log_height);
  return {{power - 1, -power - 1}};
}

void divide_by_vanishing(Backend& backend, uint32_t log_height, KoalaBear* accumulator,
                         uint64_t stride) {
  const VanishingValues vanishing = vanishing_values(log_height);
  backend.run(QuotientScale{accumulator,
                            stride,
                            kExtensionDegree,
                            log_height,
                            {vanishing.half[0].inverse(), vanishing.half[1].inverse()},
                            uint64_t{2} << log_height});
}

}  // namespace cairn
