#include "kernels/selectors.hpp"

#include "kernels/backend.hpp"
#include "kernels/inverse.hpp"
#include "kernels/quotient.hpp"

namespace cairn {

void fill_selectors(Backend& backend, uint32_t log_height, const KoalaBear* points,
                    const SelectorColumns& out) {
  const uint64_t height = uint64_t{1} << log_height;
  const uint64_t count = 2 * height;
  const KoalaBear last_point = KoalaBear::root_of_unity(static_cast<int>(log_height)).inverse();
  const KoalaBear one_share = KoalaBear(static_cast<int64_t>(height)).inverse();
  const VanishingValues vanishing = vanishing_values(log_height);
  backend.run(SelectorDifferences{points, last_point, out.is_first, out.except_last, count});
  invert(backend, out.is_first, count);
  backend.run(QuotientScale{out.is_first,
                            count,
                            1,
                            log_height,
                            {one_share * vanishing.half[0], one_share * vanishing.half[1]},
                            count});
  backend.run(NextRow{out.is_first, out.is_last, height, count});
}

}  // namespace cairn
