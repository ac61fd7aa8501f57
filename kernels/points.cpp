#include "kernels/points.hpp"

#include <algorithm>
#include <bit>
#include <vector>

#include "kernels/backend.hpp"
#include "kernels/buffer.hpp"

namespace cairn {

namespace {

std::vector<KoalaBear> powers(KoalaBear first, KoalaBear ratio, uint64_t count) {
  std::vector<KoalaBear> result(count);
  for (KoalaBear& x : result) {
    x = first;
    first *= ratio;
  }
  return result;
}

}  // namespace

void fill_powers(Backend& backend, KoalaBear first, KoalaBear ratio, uint64_t count,
                 KoalaBear* out) {
  const uint32_t log_low = std::clamp<uint32_t>(std::bit_width(count) / 2, 4, 10);
  const uint64_t low_size = uint64_t{1} << log_low;
  const auto low = Buffer<KoalaBear>::from_host(backend, powers(KoalaBear(1), ratio, low_size));
  const auto high = Buffer<KoalaBear>::from_host(
      backend, powers(first, ratio.power(low_size), (count >> log_low) + 1));
  backend.run(Powers{low.data(), high.data(), log_low, out, count});
}

void fill_domain_points(Backend& backend, uint32_t log_height, KoalaBear* out) {
  const uint64_t height = uint64_t{1} << log_height;
  const auto log = static_cast<int>(log_height);
  const KoalaBear shift = KoalaBear::generator();
  const KoalaBear root = KoalaBear::root_of_unity(log);
  fill_powers(backend, shift, root, height, out);
  fill_powers(backend, shift * KoalaBear::root_of_unity(log + 1), root, height, out + height);
}

void fill_trace_points(Backend& backend, uint32_t log_height, KoalaBear* out) {
  fill_powers(backend, KoalaBear(1), KoalaBear::root_of_unity(static_cast<int>(log_height)),
              uint64_t{1} << log_height, out);
}

}  // namespace cairn
