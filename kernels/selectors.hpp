// The selector columns of one height on its evaluation domain: polynomials that are 1 on the first
// or last row and 0 on the others, and one that is 0 on the last row alone (design: cairo-air.md
// 11).
#pragma once

#include <cstdint>

#include "core/device.hpp"
#include "core/lanes.hpp"
#include "kernels/domain_rows.hpp"

namespace cairn {

class Backend;

/// x - 1 and x - w^-1.
struct SelectorDifferences {
  const KoalaBear* points;
  KoalaBear last_point;
  KoalaBear* to_first;
  KoalaBear* to_last;
  uint64_t count;

  template <class V>
  HOST_DEVICE void operator()(uint64_t i) const {
    const V x = load_lanes<V>(points + i);
    store_lanes(to_first + i, x - V(KoalaBear(1)));
    store_lanes(to_last + i, x - V(last_point));
  }
};

/// Copies a column of 2 N values, moved up by one row: out(x) = in(w x).
struct NextRow {
  const KoalaBear* in;
  KoalaBear* out;
  uint64_t height;
  uint64_t count;

  template <class V>
  HOST_DEVICE void operator()(uint64_t i) const {
    store_lanes(out + i, load_neighbour<V>(in, i, height, 1));
  }
};

/// 2 N values each, coset-major.
struct SelectorColumns {
  KoalaBear* is_first;     // (x^N - 1) / (N (x - 1))
  KoalaBear* is_last;      // w^-1 (x^N - 1) / (N (x - w^-1)), which is is_first(w x)
  KoalaBear* except_last;  // x - w^-1
};

/// Fills the selectors of 2^log_height = N rows; `points` are those of the evaluation domain.
void fill_selectors(Backend& backend, uint32_t log_height, const KoalaBear* points,
                    const SelectorColumns& out);

}  // namespace cairn
