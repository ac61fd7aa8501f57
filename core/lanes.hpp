// How a kernel body reads and writes columns, whatever its lane type: KoalaBear (one row an index:
// a device thread, or the tail of a host loop) or PackedKoalaBear (kWidth rows from the index on).
#pragma once

#include <type_traits>

#include "core/device.hpp"
#include "core/koala_bear.hpp"
#include "core/quintic.hpp"

namespace cairn {

template <class V>
inline constexpr int kLaneCount = V::kWidth;
template <>
inline constexpr int kLaneCount<KoalaBear> = 1;

template <class V>
HOST_DEVICE V load_lanes(const KoalaBear* p) {
  if constexpr (kLaneCount<V> == 1) {
    return V(*p);
  } else {
    return V::load(p);
  }
}

template <class V>
HOST_DEVICE void store_lanes(KoalaBear* p, const V& x) {
  if constexpr (std::is_same_v<V, KoalaBear>) {
    *p = x;
  } else {
    x.store(p);
  }
}

/// Asks for a line that will be read soon. A processor follows some dozens of columns by itself; a
/// device has threads enough to wait.
HOST_DEVICE void prefetch(const KoalaBear* address) {
#ifndef __CUDA_ARCH__
  __builtin_prefetch(address, 0, 2);
#endif
}

/// As load_lanes, of a column that is read on: asks for the line after next.
template <class V>
HOST_DEVICE V stream_lanes(const KoalaBear* p) {
  if constexpr (kLaneCount < V >> 1) prefetch(p + 32);
  return load_lanes<V>(p);
}

/// Reads the extension element at `p` of a column stored as five base columns, `stride` elements
/// apart.
template <class V>
HOST_DEVICE Quintic<V> load_quintic(const KoalaBear* p, uint64_t stride) {
  return {load_lanes<V>(p), load_lanes<V>(p + stride), load_lanes<V>(p + 2 * stride),
          load_lanes<V>(p + 3 * stride), load_lanes<V>(p + 4 * stride)};
}

template <class V>
HOST_DEVICE void store_quintic(KoalaBear* p, uint64_t stride, const Quintic<V>& x) {
  for (int i = 0; i < kExtensionDegree; ++i) store_lanes(p + i * stride, x.c[i]);
}

/// One extension element in every lane.
template <class V>
HOST_DEVICE Quintic<V> broadcast(const KoalaBear5& x) {
  return {V(x.c[0]), V(x.c[1]), V(x.c[2]), V(x.c[3]), V(x.c[4])};
}

}  // namespace cairn
