// Multiplies columns on an evaluation domain by a constant per half: a function of x^N takes one
// value on each half, since (g v^c w^i)^N = g^N (-1)^c.
#pragma once

#include <cstdint>

#include "core/device.hpp"
#include "core/lanes.hpp"

namespace cairn {

class Backend;

struct QuotientScale {
  KoalaBear* columns;
  uint64_t stride;
  uint32_t column_count;
  uint32_t log_height;
  KoalaBear factor[2];  // one for each half
  uint64_t count;       // 2^(log_height + 1); lanes never cross the halves

  template <class V>
  HOST_DEVICE void operator()(uint64_t i) const {
    const V scale(i >> log_height == 0 ? factor[0] : factor[1]);
    for (uint32_t k = 0; k < column_count; ++k) {
      KoalaBear* p = columns + k * stride + i;
      store_lanes(p, scale * load_lanes<V>(p));
    }
  }
};

/// x^N - 1 on half 0 and 1 of the evaluation domain of 2^log_height = N rows.
struct VanishingValues {
  KoalaBear half[2];
};
VanishingValues vanishing_values(uint32_t log_height);

/// Divides the extension column `accumulator` (five base columns of 2 N values) by x^N - 1: the sum
/// of weighted constraints becomes the quotient.
void divide_by_vanishing(Backend& backend, uint32_t log_height, KoalaBear* accumulator,
                         uint64_t stride);

}  // namespace cairn
