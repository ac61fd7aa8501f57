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
#include "core/wide_sum.hpp"
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
  /// scale * adjoint(x).
  template <class V>
  HOST_DEVICE Quintic<V> adjoint_at(const V& x, const V& scale) const {
    using Sum = WideSum<V>;
    typename Sum::Factor powers[kExtensionDegree];  // scale x^k
    V power = scale;
    for (int k = 0; k < kExtensionDegree; ++k, power *= x) powers[k] = Sum::factor(power);
    Quintic<V> result;
    for (int e = 0; e < kExtensionDegree; ++e) {
      Sum sum;
      sum.add_five(powers, Sum::broadcast(adjoint[0].c[e]), Sum::broadcast(adjoint[1].c[e]),
                   Sum::broadcast(adjoint[2].c[e]), Sum::broadcast(adjoint[3].c[e]),
                   Sum::broadcast(adjoint[4].c[e]));
      result.c[e] = sum.reduced();
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
