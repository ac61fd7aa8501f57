// Low-degree extension on a CPU: what replaces extend_by_passes (kernels/extend.hpp), its oracle.
//
// A column of N = 2^(high + low) values goes through three passes, the first from the trace to half
// 0 of its place, the others there:
//   1. interpolate, first `high` stages: rows 2^low apart, a panel of one vector's width at a time;
//   2. blocks of 2^low neighbours: the other stages, the factor 1/N, and for either half the first
//   `low`
//      stages of its evaluation. The stages inside a vector are done on a transposed square of
//      vectors;
//   3. evaluate, last `high` stages of either half, by panels again.
// The shift of a half's coset is part of its twiddles: evaluation on s H uses s^(N / 2h) w_2h^j in
// the stage that joins blocks of h. Sums that are only multiplied next are left unreduced, below
// 2^32.
#pragma once

#include <cstdint>

#include "core/koala_bear.hpp"

namespace cairn {

struct ExtendPlan {
  uint32_t log_height;
  uint32_t log_low;
  KoalaBear scale;  // 1 / N
  /// Twiddles of the stages inside a block, the one that joins blocks of h at [h, 2 h): to
  /// interpolate, and to evaluate on half 0 and 1.
  const KoalaBear* low[3];
  /// Twiddles of the other stages by panels: a panel's 2^high vectors follow one another, those of
  /// the stage that joins groups of h rows at [h, 2 h). Null if high = 0.
  const KoalaBear* high[3];
};

/// What one instruction set has for it. A column must have at least 2^min_log_height rows.
struct ExtendTarget {
  uint32_t min_log_height;
  /// Passes 1 (table 0) and 3 (tables 1, 2): panels [begin, end) of the column at `from` to the one
  /// at `to`, which may be the same; there are 2^log_low / lanes panels.
  void (*high)(const ExtendPlan&, int table, const KoalaBear* from, KoalaBear* to, uint64_t begin,
               uint64_t end);
  /// Pass 2: blocks [begin, end) of 2^high, from `from`, which may be half 0 of `extended`, to both
  /// halves.
  void (*low)(const ExtendPlan&, const KoalaBear* from, KoalaBear* extended, uint64_t begin,
              uint64_t end);
};

/// The largest blocks, 2^12 values: three of them and their twiddles stay near the core.
inline constexpr uint32_t kMaxLogLow = 12;

}  // namespace cairn
