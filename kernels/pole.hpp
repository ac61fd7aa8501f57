// 1 / (x - z) for a fixed extension element z and many base-field points x.
//
// With z_0 = z, ..., z_4 its conjugates over F, x - z divides the norm prod_j (x - z_j), a
// polynomial in x over F:  1 / (x - z) = adjoint(x) / norm(x),  adjoint(x) = prod_{j > 0} (x -
// z_j).  Only base elements are inverted, and the point before x on a domain of root w has norm_z(x
// / w) = norm_{wz}(x) / w^5.
#pragma once

#include <cstdint>

#include "core/device.hpp"
#include "core/lanes.hpp"
#include "kernels/inverse.hpp"
#include "kernels/row_block.hpp"

namespace cairn {

class Backend;

/// x^5 + sum norm[i] x^i and x^4 + sum adjoint[i] x^i; the second may be scaled by a constant.
struct Pole {
  KoalaBear norm[kExtensionDegree];
  KoalaBear5 adjoint[kExtensionDegree];

  template <class V>
  HOST_DEVICE V norm_at(const V& x) const {
    V result = x + V(norm[kExtensionDegree - 1]);
    for (int i = kExtensionDegree - 2; i >= 0; --i) result = result * x + V(norm[i]);
    return result;
  }
  template <class V>
  HOST_DEVICE Quintic<V> adjoint_at(const V& x) const {
    Quintic<V> result = broadcast<V>(adjoint[kExtensionDegree - 1]);
    for (int i = kExtensionDegree - 2; i >= 0; --i) {
      result = x * result + broadcast<V>(adjoint[i]);
    }
    return result;
  }
};

/// The pole at z, its adjoint multiplied by `factor`.
Pole make_pole(const KoalaBear5& z, const KoalaBear5& factor = KoalaBear5(1));

/// out[i] = 1 / norm(points[i]); 0 where x is the pole itself, which takes a z in F.
struct PoleInverse {
  static constexpr int kMaxTogether = 32;

  const KoalaBear* points;
  Pole pole;
  KoalaBear* out;
  uint32_t together;
  uint64_t count;  // points / together (row_block.hpp)

  template <class V>
  HOST_DEVICE void operator()(uint64_t i) const {
    const uint64_t row = first_row(i, together);
    const int size = static_cast<int>(together);
    V block[kMaxTogether];
    for (int j = 0; j < size; ++j) {
      block[j] = pole.norm_at(load_lanes<V>(points + row + j * kBlockLanes));
    }
    invert_together(block, size);
    for (int j = 0; j < size; ++j) store_lanes(out + row + j * kBlockLanes, block[j]);
  }
};

/// out[i] = 1 / norm_z(points[i]), i < count.
void invert_norms(Backend& backend, const KoalaBear* points, const KoalaBear5& z, uint64_t count,
                  KoalaBear* out);

}  // namespace cairn
