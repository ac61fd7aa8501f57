// Adds the codeword of a lower height to that of the tallest: u(y) = q(y^(2^j)) has at position (c,
// i) of the tall domain the value of q at (c, i mod N), N the lower height.
#pragma once

#include <cstdint>

#include "core/device.hpp"
#include "core/lanes.hpp"

namespace cairn {

class Backend;

struct LiftAdd {
  const KoalaBear* low;  // five columns of 2^(low_log_height + 1) values
  uint64_t low_stride;
  uint32_t low_log_height;
  KoalaBear* tall;  // five columns of 2^(tall_log_height + 1) values
  uint64_t tall_stride;
  uint32_t tall_log_height;
  uint64_t count;  // positions of the tall domain; lanes never cross a low half

  template <class V>
  HOST_DEVICE void operator()(uint64_t p) const {
    const uint64_t half = p >> tall_log_height;
    const uint64_t i = p & ((uint64_t{1} << low_log_height) - 1);
    const KoalaBear* from = low + (half << low_log_height) + i;
    store_quintic(tall + p, tall_stride,
                  load_quintic<V>(tall + p, tall_stride) + load_quintic<V>(from, low_stride));
  }
};

/// tall[(c, i)] += low[(c, i mod 2^low_log_height)]; extension columns of both evaluation domains.
void lift_add(Backend& backend, const KoalaBear* low, uint64_t low_stride, uint32_t low_log_height,
              KoalaBear* tall, uint64_t tall_stride, uint32_t tall_log_height);

}  // namespace cairn
