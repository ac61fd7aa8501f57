// Folds a codeword of the low-degree test by 2, 4 or 8.
//
// A layer is an extension column on the 2 M points y = v^(2 i + c), v of order 2 M, at positions c
// M + i. -y lies at (c, i + M / 2) and y^2 at (c, i) of the layer below, so the halves stay apart:
//   f(y) = f_e(y^2) + y f_o(y^2)  becomes  f_e + beta f_o,   f_e = (f(y) + f(-y)) / 2,
//   f_o = (f(y) - f(-y)) / (2 y).
// An arity of 2^s does this s times, with beta, beta^2, beta^4; the halves 1/2 are taken together.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/device.hpp"
#include "core/lanes.hpp"
#include "core/wide_sum.hpp"

namespace cairn {

class Backend;

template <int kArity>
struct FriFold {
  const KoalaBear* in;  // five base columns of 2 M values
  uint64_t in_stride;
  uint32_t log_out;      // log2 of M / kArity
  const KoalaBear* low;  // v^-2j, j < 2^log_low
  const KoalaBear*
      high;          // v^(-c - 2 j 2^log_low), for each half c the M / kArity / 2^log_low of them
  uint32_t log_low;  // at least 4, at most log_out
  KoalaBear
      steps[kArity / 2];  // v^(-2 j M / kArity): turns y^-1 of the first value into the j-th one's
  KoalaBear5 challenges[3];  // beta, beta^2, beta^4
  KoalaBear* out;            // five base columns of 2 M / kArity values
  uint64_t out_stride;
  uint64_t count;  // 2 M / kArity

  template <class V>
  HOST_DEVICE void operator()(uint64_t p) const {
    const uint64_t out_half = uint64_t{1} << log_out;
    const uint64_t half = p >> log_out;
    const uint64_t i = p & (out_half - 1);
    const KoalaBear* first = in + half * kArity * out_half + i;
    Quintic<V> value[kArity];
    for (int j = 0; j < kArity; ++j) value[j] = load_quintic<V>(first + j * out_half, in_stride);

    V inverse_y = V(high[p >> log_low]) * load_lanes<V>(low + (i & ((uint64_t{1} << log_low) - 1)));
    // Level by level the values (c, i + j M / kArity), j < pairs, meet those with j + pairs.
    int level = 0;
    for (int pairs = kArity / 2; pairs > 0; pairs /= 2, ++level) {
      const Quintic<V> challenge = broadcast<V>(challenges[level]);
      for (int j = 0; j < pairs; ++j) {
        const V twiddle = inverse_y * V(steps[j * (kArity / 2 / pairs)]);
        value[j] =
            (value[j] + value[j + pairs]) + twiddle * (value[j] - value[j + pairs]) * challenge;
      }
      inverse_y = inverse_y * inverse_y;
    }
    constexpr KoalaBear kShare = KoalaBear(kArity).inverse();
    store_quintic(out + p, out_stride, V(kShare) * value[0]);
  }
};

struct FriFold2 : FriFold<2> {};
struct FriFold4 : FriFold<4> {};
struct FriFold8 : FriFold<8> {};

/// Folds the layer `in` (five base columns of 2^(log_height + 1) values, in_stride apart) by
/// 2^log_arity into `out` (2^(log_height - log_arity + 1) values). log_arity is 1, 2 or 3;
/// log_height - log_arity >= 4.
void fri_fold(Backend& backend, const KoalaBear* in, uint64_t in_stride, uint32_t log_height,
              uint32_t log_arity, const KoalaBear5& beta, KoalaBear* out, uint64_t out_stride);

/// The M coefficients (lowest first) of the polynomial of degree below M that takes the given
/// values on the last layer: five base columns of 2 M values one after another, in host memory.
/// Throws Error(kBug) when there is none: what was folded was no codeword.
std::vector<KoalaBear5> last_polynomial(std::span<const KoalaBear> values);

}  // namespace cairn
