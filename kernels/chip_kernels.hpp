// The kernels that every chip has, made from its one text: fill, count uses, lookups, constraints.
#pragma once

#include "air/constraint_evaluator.hpp"
#include "air/count_uses.hpp"
#include "air/fraction_evaluator.hpp"
#include "air/row_evaluator.hpp"
#include "core/lanes.hpp"
#include "kernels/chip_task.hpp"

namespace cairn {

/// Fills one row of the main columns.
template <class Chip>
struct FillTrace {
  const ChipTask& task;

  HOST_DEVICE void operator()(uint64_t row) const {
    const auto cells = Chip::fill(task.image, task.counts, task.part, static_cast<uint32_t>(row));
    static_assert(sizeof(cells) == kShape<Chip>.columns * sizeof(KoalaBear));
    const KoalaBear* cell = reinterpret_cast<const KoalaBear*>(&cells);
    for (int i = 0; i < kShape<Chip>.columns; ++i) task.main[i * task.stride + row] = cell[i];
  }
};

/// Counts what one row uses.
template <class Chip, class Add>
struct CountUses {
  const ChipTask& task;

  /// Without counts: others are counting, and what a row uses never depends on multiplicities.
  HOST_DEVICE void operator()(uint64_t row) const {
    if constexpr (kShape<Chip>.all_uses() == 0) return;
    const auto cells = Chip::fill(task.image, Counts{}, task.part, static_cast<uint32_t>(row));
    count(row, reinterpret_cast<const KoalaBear*>(&cells));
  }

  /// Of a row whose cells are known.
  HOST_DEVICE void count(uint64_t row, const KoalaBear* cells) const {
    if constexpr (kShape<Chip>.all_uses() == 0) return;
    static_assert(kShape<Chip>.all_uses() == 0 || kShape<Chip>.fixed == 0,
                  "a chip with fixed columns uses nothing");
    RowContext context{};
    context.main = cells;
    context.main_next = cells;  // constraints are not looked at
    context.range_begin = task.part.range_begin;
    context.range_end = task.part.range_end;
    context.log_height = static_cast<int>(task.part.log_height);
    UseCounter<Add> counter(task.image, task.counts);
    RowEvaluator<Chip, UseCounter<Add>> evaluator(context, counter);
    Chip::evaluate(evaluator);
    if (counter.unprovided()) *task.unprovided = static_cast<uint32_t>(row) + 1;
  }
};

/// One row (or kLaneCount rows) of a trace, as the evaluators read it.
template <class V>
struct TraceAccess {
  const ChipTask& task;
  uint64_t row;

  HOST_DEVICE V main(int i) const { return stream_lanes<V>(task.main + i * task.stride + row); }
  HOST_DEVICE V fixed(int i) const { return load_lanes<V>(task.fixed + i * task.stride + row); }
  HOST_DEVICE V range_begin() const { return V(KoalaBear(task.part.range_begin)); }
  HOST_DEVICE V range_end() const { return V(KoalaBear(task.part.range_end)); }
  HOST_DEVICE V log_height() const { return V(KoalaBear(task.part.log_height)); }
  HOST_DEVICE const KoalaBear5& alpha() const { return task.challenges->alpha; }
  HOST_DEVICE const KoalaBear5& gamma(int i) const { return task.challenges->gamma[i]; }
};

/// Keeps the fractions of a row until their denominators have been inverted together.
template <class V, int kPairs>
struct PairSink {
  Quintic<V> numerator[kPairs];
  Quintic<V> denominator[kPairs];

  HOST_DEVICE void pair(int j, const Quintic<V>& n, const Quintic<V>& d) {
    numerator[j] = n;
    denominator[j] = d;
  }
};

/// Helper columns of one row: each pair's sum n/d, and in the place of S the sum of all pairs.
template <class Chip>
struct LookupColumns {
  const ChipTask& task;

  template <class V>
  HOST_DEVICE void operator()(uint64_t row) const {
    constexpr int kPairs = kShape<Chip>.pairs();
    const TraceAccess<V> access{task, row};
    PairSink<V, kPairs> sink;
    FractionEvaluator<Chip, V, Quintic<V>, TraceAccess<V>, PairSink<V, kPairs>> evaluator(access,
                                                                                          sink);
    Chip::evaluate(evaluator);
    // One inversion for all pairs of the row: prefix products up, inverses down.
    Quintic<V> prefix[kPairs];
    prefix[0] = sink.denominator[0];
    for (int j = 1; j < kPairs; ++j) prefix[j] = prefix[j - 1] * sink.denominator[j];
    Quintic<V> inverse = prefix[kPairs - 1].inverse();
    Quintic<V> sum(int64_t{0});
    for (int j = kPairs - 1; j >= 0; --j) {
      const Quintic<V> own = j == 0 ? inverse : inverse * prefix[j - 1];
      if (j > 0) inverse *= sink.denominator[j];
      const Quintic<V> value = sink.numerator[j] * own;
      sum += value;
      if (j < kPairs - 1) store_quintic(helper(j) + row, task.stride, value);
    }
    store_quintic(helper(kPairs - 1) + row, task.stride, sum);
  }

 private:
  HOST_DEVICE KoalaBear* helper(int pair) const {
    return task.helper + uint64_t(pair) * kExtensionDegree * task.stride;
  }
};

/// A point of the evaluation domain. Coset-major: point p = c N + i; the next row's point is
/// c N + (i + 1) mod N.
template <class V>
struct DomainAccess : TraceAccess<V> {
  using TraceAccess<V>::task;
  using TraceAccess<V>::row;

  HOST_DEVICE V load_next(const KoalaBear* column) const {
    constexpr int kLanes = kLaneCount<V>;
    const uint64_t height = task.part.height();
    const uint64_t i = row & (height - 1);
    if (i + kLanes < height) return load_lanes<V>(column + row + 1);
    KoalaBear wrapped[kLanes];
    for (int lane = 0; lane < kLanes; ++lane) {
      wrapped[lane] = column[row - i + ((i + lane + 1) & (height - 1))];
    }
    return load_lanes<V>(wrapped);
  }
  HOST_DEVICE V main_next(int i) const { return load_next(task.main + i * task.stride); }
  HOST_DEVICE V is_first() const { return load_lanes<V>(task.is_first + row); }
  HOST_DEVICE V is_last() const { return load_lanes<V>(task.is_last + row); }
  HOST_DEVICE V except_last() const { return load_lanes<V>(task.except_last + row); }
  HOST_DEVICE Quintic<V> helper(int pair) const {
    const KoalaBear* column = task.helper + uint64_t(pair) * kExtensionDegree * task.stride + row;
    Quintic<V> result;
    for (int e = 0; e < kExtensionDegree; ++e) {
      result.c[e] = stream_lanes<V>(column + e * task.stride);
    }
    return result;
  }
  /// S in the next row; `pair` is the last.
  HOST_DEVICE Quintic<V> next_helper(int pair) const {
    const KoalaBear* column = task.helper + uint64_t(pair) * kExtensionDegree * task.stride;
    return {load_next(column), load_next(column + task.stride), load_next(column + 2 * task.stride),
            load_next(column + 3 * task.stride), load_next(column + 4 * task.stride)};
  }
  HOST_DEVICE const KoalaBear5& weight(int k) const { return task.weights[k]; }
  HOST_DEVICE Quintic<V> sum_share() const { return broadcast<V>(task.sum_share); }
};

/// Adds the weighted constraints at one point to the accumulator.
template <class Chip>
struct Constraints {
  const ChipTask& task;

  template <class V>
  HOST_DEVICE void operator()(uint64_t point) const {
    struct Access : DomainAccess<V> {
      HOST_DEVICE Quintic<V> sum_next() const {
        return this->next_helper(kShape<Chip>.pairs() - 1);
      }
    };
    const Access access{{{task, point}}};
    ConstraintEvaluator<Chip, V, Quintic<V>, Access> evaluator(access);
    Chip::evaluate(evaluator);
    KoalaBear* out = task.accumulator + point;
    store_quintic(out, task.stride, load_quintic<V>(out, task.stride) + evaluator.result());
  }
};

}  // namespace cairn
