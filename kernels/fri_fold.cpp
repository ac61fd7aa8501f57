#include "kernels/fri_fold.hpp"

#include <algorithm>
#include <bit>

#include "core/error.hpp"
#include "kernels/backend.hpp"
#include "kernels/buffer.hpp"

namespace cairn {

namespace {

template <class Kernel, int kArity>
void fold_by(Backend& backend, const KoalaBear* in, uint64_t in_stride, uint32_t log_height,
             const KoalaBear5& beta, KoalaBear* out, uint64_t out_stride) {
  const uint32_t log_out = log_height - std::countr_zero(unsigned{kArity});
  const uint32_t log_low = std::clamp<uint32_t>(log_out / 2, 4, 10);
  const KoalaBear inverse_root =
      KoalaBear::root_of_unity(static_cast<int>(log_height) + 1).inverse();  // v^-1
  std::vector<KoalaBear> low, high;
  for (uint64_t j = 0; j < uint64_t{1} << log_low; ++j) {
    low.push_back(j == 0 ? KoalaBear(1) : low.back() * inverse_root * inverse_root);
  }
  const KoalaBear step = inverse_root.power(uint64_t{2} << log_low);
  for (const KoalaBear start : {KoalaBear(1), inverse_root}) {
    KoalaBear power = start;
    for (uint64_t j = 0; j < uint64_t{1} << (log_out - log_low); ++j, power *= step) {
      high.push_back(power);
    }
  }
  const auto low_table = Buffer<KoalaBear>::from_host(backend, low);
  const auto high_table = Buffer<KoalaBear>::from_host(backend, high);
  FriFold<kArity> fold{.in = in,
                       .in_stride = in_stride,
                       .log_out = log_out,
                       .low = low_table.data(),
                       .high = high_table.data(),
                       .log_low = log_low,
                       .steps = {},
                       .challenges = {beta, beta * beta, beta.power(4)},
                       .out = out,
                       .out_stride = out_stride,
                       .count = uint64_t{2} << log_out};
  for (uint64_t j = 0; j < kArity / 2; ++j) {
    fold.steps[j] = inverse_root.power(2 * j << log_out);
  }
  backend.run(Kernel{fold});
}

}  // namespace

void fri_fold(Backend& backend, const KoalaBear* in, uint64_t in_stride, uint32_t log_height,
              uint32_t log_arity, const KoalaBear5& beta, KoalaBear* out, uint64_t out_stride) {
  check(log_arity >= 1 && log_arity <= 3, "a layer is folded by 2, 4 or 8");
  check(log_height >= log_arity + 4, "a folded layer has at least 16 points a half");
  const auto fold = log_arity == 1   ? fold_by<FriFold2, 2>
                    : log_arity == 2 ? fold_by<FriFold4, 4>
                                     : fold_by<FriFold8, 8>;
  fold(backend, in, in_stride, log_height, beta, out, out_stride);
}

std::vector<KoalaBear5> last_polynomial(std::span<const KoalaBear> values) {
  const size_t size = values.size() / kExtensionDegree;
  check(size >= 2 && std::has_single_bit(size) && size * kExtensionDegree == values.size(),
        "a last layer has five columns of a power of two");
  const size_t half = size / 2;
  const KoalaBear inverse_root = KoalaBear::root_of_unity(std::countr_zero(size)).inverse();
  const KoalaBear share = KoalaBear(static_cast<int64_t>(size)).inverse();
  std::vector<KoalaBear5> coefficients(size);
  for (size_t k = 0; k < size; ++k) {
    // coefficient k = 1/(2 M) sum over exponents t = 2 i + c of value(c, i) v^(-k t)
    const KoalaBear step = inverse_root.power(k);
    KoalaBear power = share;
    KoalaBear5 sum(0);
    for (size_t t = 0; t < size; ++t, power *= step) {
      for (int e = 0; e < kExtensionDegree; ++e) {
        sum.c[e] += power * values[e * size + (t % 2) * half + t / 2];
      }
    }
    coefficients[k] = sum;
  }
  for (size_t k = half; k < size; ++k) {
    check(coefficients[k] == KoalaBear5(0), "the last layer has a degree below half its size");
  }
  coefficients.resize(half);
  return coefficients;
}

}  // namespace cairn
