// The plain passes of a number-theoretic transform: the definition that tuned transforms are held
// to.
#pragma once

#include "core/lanes.hpp"
#include "kernels/ntt.hpp"

namespace cairn {

class Backend;

/// One stage of butterflies over all columns: pairs `half` apart, half = 2^log_half.
struct NttPass {
  NttTask task;
  uint32_t log_half;
  const KoalaBear*
      roots;       // w^j for j < half, w a primitive (2 half)-th root, inverted to interpolate
  uint64_t count;  // columns * 2^(log_size - 1) butterflies

  template <class V>
  HOST_DEVICE void operator()(uint64_t i) const {
    const uint64_t half = uint64_t{1} << log_half;
    if constexpr (kLaneCount < V >> 1) {
      if (half < kLaneCount<V>) {
        for (int lane = 0; lane < kLaneCount<V>; ++lane) butterfly<KoalaBear>(i + lane, half);
        return;
      }
    }
    butterfly<V>(i, half);
  }

 private:
  template <class V>
  HOST_DEVICE void butterfly(uint64_t i, uint64_t half) const {
    const uint64_t column = i >> (task.log_size - 1);
    const uint64_t k = i & ((uint64_t{1} << (task.log_size - 1)) - 1);
    const uint64_t j = k & (half - 1);
    KoalaBear* low = task.data + column * task.stride + 2 * (k - j) + j;
    const V a = load_lanes<V>(low);
    const V b = load_lanes<V>(low + half);
    const V root = load_lanes<V>(roots + j);
    if (task.direction == NttTask::Direction::kInterpolate) {
      store_lanes(low, a + b);
      store_lanes(low + half, (a - b) * root);
    } else {
      const V product = b * root;
      store_lanes(low, a + product);
      store_lanes(low + half, a - product);
    }
  }
};

/// Writes columns times a column of factors.
struct ScaleColumns {
  const KoalaBear* from;
  KoalaBear* to;
  const KoalaBear* factors;  // 2^log_size
  uint32_t log_size;
  uint64_t from_stride;
  uint64_t to_stride;
  uint64_t count;  // columns * 2^log_size, 2^log_size at least the lanes or columns = 1

  template <class V>
  HOST_DEVICE void operator()(uint64_t i) const {
    const uint64_t size = uint64_t{1} << log_size;
    if constexpr (kLaneCount < V >> 1) {
      if (size < kLaneCount<V>) {
        for (int lane = 0; lane < kLaneCount<V>; ++lane) scale<KoalaBear>(i + lane, size);
        return;
      }
    }
    scale<V>(i, size);
  }

 private:
  template <class V>
  HOST_DEVICE void scale(uint64_t i, uint64_t size) const {
    const uint64_t column = i >> log_size;
    const uint64_t row = i & (size - 1);
    store_lanes(to + column * to_stride + row,
                load_lanes<V>(from + column * from_stride + row) * load_lanes<V>(factors + row));
  }
};

/// Transforms by one NttPass a stage.
void transform_by_passes(Backend& backend, const NttTask& task);

}  // namespace cairn
