// Geometric sequences of base-field elements, such as the points of a domain.
//
// Element i = (i div L) L + i mod L is the product of two table entries, so that no element waits
// for the one before it. L is about the square root of the count: the tables stay in the
// first-level cache.
#pragma once

#include <cstdint>

#include "core/device.hpp"
#include "core/lanes.hpp"

namespace cairn {

class Backend;

struct Powers {
  const KoalaBear* low;   // ratio^j, j < 2^log_low
  const KoalaBear* high;  // first * ratio^(j 2^log_low)
  uint32_t log_low;       // at least 4: a vector of lanes has one entry of `high`
  KoalaBear* out;
  uint64_t count;

  template <class V>
  HOST_DEVICE void operator()(uint64_t i) const {
    const uint64_t j = i & ((uint64_t{1} << log_low) - 1);
    store_lanes(out + i, V(high[i >> log_low]) * load_lanes<V>(low + j));
  }
};

/// out[i] = first * ratio^i for i < count.
void fill_powers(Backend& backend, KoalaBear first, KoalaBear ratio, uint64_t count,
                 KoalaBear* out);

/// The 2^(log_height + 1) points of the evaluation domain, coset-major.
void fill_domain_points(Backend& backend, uint32_t log_height, KoalaBear* out);

/// The points 1, w, w^2, ... of the trace domain of 2^log_height rows.
void fill_trace_points(Backend& backend, uint32_t log_height, KoalaBear* out);

}  // namespace cairn
