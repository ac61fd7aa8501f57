// The quotients of the low-degree test: that columns open to given values at z (and, for columns
// that are read in the next row, at w z) is that
//   (A(x) - a) / (x - z) + (B(x) - b) / (x - w z)
// is a polynomial, where A = sum_k coefficient_k f_k over all columns, B over those read in the
// next row, and a, b are the same sums of the opened values (design: cairo-air.md 11).
#pragma once

#include <cstdint>

#include "core/device.hpp"
#include "core/lanes.hpp"
#include "core/wide_sum.hpp"
#include "kernels/domain_rows.hpp"
#include "kernels/pole.hpp"
#include "kernels/row_block.hpp"

namespace cairn {

class Backend;

/// out(p) += sum_k coefficient_k column_k(p).
struct AccumulateColumns {
  const KoalaBear* columns;
  uint64_t stride;
  uint32_t column_count;
  const KoalaBear5* coefficients;
  KoalaBear* out;
  uint64_t out_stride;
  uint64_t count;

  template <class V>
  HOST_DEVICE void operator()(uint64_t p) const {
    add_up<V, 1>(p);
  }

  /// Some vectors of neighbours at a time, asking for those that follow: a processor does not fetch
  /// ahead in as many columns as there are.
  static constexpr int kBlockGroups = 8;
  template <class V>
  HOST_DEVICE void run_block(uint64_t p) const {
    add_up<V, kBlockGroups>(p);
  }

 private:
  template <class V, int kGroups>
  HOST_DEVICE void add_up(uint64_t p) const {
    using Sum = WideSum<V>;
    constexpr int kLanes = kLaneCount<V>;
    Sum sum[kGroups][kExtensionDegree];
    const KoalaBear* values = columns + p;
    uint32_t k = 0;
    for (; k + 2 <= column_count; k += 2, values += 2 * stride) {
      for (int g = 0; g < kGroups; ++g) {
        if constexpr (kGroups > 1) {
          prefetch(values + (kGroups + g) * kLanes);
          prefetch(values + stride + (kGroups + g) * kLanes);
        }
        const auto first = Sum::factor(load_lanes<V>(values + g * kLanes));
        const auto second = Sum::factor(load_lanes<V>(values + stride + g * kLanes));
        for (int e = 0; e < kExtensionDegree; ++e) {
          sum[g][e].add(first, Sum::broadcast(coefficients[k].c[e]), second,
                        Sum::broadcast(coefficients[k + 1].c[e]));
        }
      }
    }
    for (int g = 0; g < kGroups; ++g) {
      if (k < column_count) {
        const auto last = Sum::factor(load_lanes<V>(values + g * kLanes));
        for (int e = 0; e < kExtensionDegree; ++e) {
          sum[g][e].add(last, Sum::broadcast(coefficients[k].c[e]));
        }
      }
      for (int e = 0; e < kExtensionDegree; ++e) {
        KoalaBear* cell = out + e * out_stride + p + g * kLanes;
        store_lanes(cell, load_lanes<V>(cell) + sum[g][e].reduced());
      }
    }
  }
};

/// out(x) = (A(x) - a) / (x - z) + (B(x) - b) / (x - w z); B may be absent.
struct DeepQuotient {
  const KoalaBear* points;
  const KoalaBear* inverse_norms;  // of x - z; that of x - w z is w^-5 times the one at x / w
  const KoalaBear* here;           // A
  const KoalaBear* next;           // B, or null
  uint64_t stride;                 // of A and out
  uint64_t next_stride;            // of B
  Pole here_pole;
  Pole next_pole;  // its adjoint scaled by w^-5
  KoalaBear5 here_value;
  KoalaBear5 next_value;
  uint64_t height;
  KoalaBear* out;  // may be A or B
  uint64_t count;

  template <class V>
  HOST_DEVICE void operator()(uint64_t p) const {
    const V x = load_lanes<V>(points + p);
    Quintic<V> quotient = (load_quintic<V>(here + p, stride) - broadcast<V>(here_value)) *
                          here_pole.adjoint_at(x, load_lanes<V>(inverse_norms + p));
    if (next != nullptr) {
      quotient += (load_quintic<V>(next + p, next_stride) - broadcast<V>(next_value)) *
                  next_pole.adjoint_at(x, load_neighbour<V>(inverse_norms, p, height, -1));
    }
    store_quintic(out + p, stride, quotient);
  }
};

/// out += sum_k coefficients[k] * column k, over `points` positions; `out` has five base columns
/// `out_stride` apart. `coefficients` lie in the backend's memory, `column_count` of them.
void accumulate_columns(Backend& backend, const KoalaBear* columns, uint64_t stride,
                        uint32_t column_count, const KoalaBear5* coefficients, KoalaBear* out,
                        uint64_t out_stride, uint64_t points);

/// What one height's sums open to.
struct DeepOpening {
  const KoalaBear* here;  // A: five base columns, `stride` apart
  KoalaBear5 here_value;  // A(z)
  const KoalaBear* next;  // B likewise; null when no column is read in the next row
  KoalaBear5 next_value;  // B(w z)
  uint64_t stride;
  uint64_t next_stride;
};

/// Writes the quotient over one half of a height's evaluation domain, of 2^log_height `points`, to
/// `out` (five base columns, opening.stride apart; may be A or B). z is not in F.
void divide_by_poles(Backend& backend, uint32_t log_height, const KoalaBear* points,
                     const KoalaBear5& z, const DeepOpening& opening, KoalaBear* out);

}  // namespace cairn
