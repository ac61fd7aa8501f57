// The CPU backend's low-degree extension: tables, and how the passes of tuned/extend_cpu.cpp are
// shared out.
#include "kernels/tuned/extend_cpu.hpp"

#include <algorithm>

#include "kernels/backend_cpu.hpp"
#include "kernels/extend.hpp"

namespace cairn {
namespace {

using Kind = TableCache::Kind;

/// The factor s^(N / 2h) and the root w_2h (or its inverse) of the stage that joins blocks of h.
struct Stage {
  KoalaBear factor, root;
};
Stage stage_of(const ExtendTask& task, int table, uint32_t log_half) {
  const KoalaBear root = KoalaBear::root_of_unity(static_cast<int>(log_half) + 1);
  if (table == 0) return {KoalaBear(1), root.inverse()};
  const KoalaBear shift = half_shift_ratio(task, static_cast<uint32_t>(table) - 1);
  return {shift.power(uint64_t{1} << (task.log_height - 1 - log_half)), root};
}

std::vector<KoalaBear> low_twiddles(const ExtendTask& task, int table, uint32_t log_low) {
  std::vector<KoalaBear> twiddles(uint64_t{1} << log_low, KoalaBear(1));
  for (uint32_t log_half = 0; log_half < log_low; ++log_half) {
    const Stage stage = stage_of(task, table, log_half);
    const uint64_t half = uint64_t{1} << log_half;
    KoalaBear power = stage.factor;
    for (uint64_t j = 0; j < half; ++j, power *= stage.root) twiddles[half + j] = power;
  }
  return twiddles;
}

std::vector<KoalaBear> high_twiddles(const ExtendTask& task, int table, uint32_t log_low,
                                     uint64_t lanes) {
  const uint32_t log_rows = task.log_height - log_low;
  const uint64_t width = uint64_t{1} << log_low;
  std::vector<KoalaBear> twiddles(uint64_t{1} << task.log_height, KoalaBear(1));
  for (uint32_t log_half = 0; log_half < log_rows; ++log_half) {
    const Stage stage = stage_of(task, table, log_low + log_half);
    KoalaBear power = stage.factor;
    for (uint64_t row = 0; row < uint64_t{1} << log_half; ++row) {
      const uint64_t place = (uint64_t{1} << log_half) + row;
      for (uint64_t j = 0; j < width; ++j, power *= stage.root) {
        twiddles[((j / lanes << log_rows) + place) * lanes + j % lanes] = power;
      }
    }
  }
  return twiddles;
}

ExtendPlan make_plan(Backend& backend, const ExtendTask& task, uint32_t lanes) {
  ExtendPlan plan{};
  plan.log_height = task.log_height;
  plan.log_low = std::min(task.log_height, kMaxLogLow);
  plan.scale = KoalaBear(int64_t{1} << task.log_height).inverse();
  for (int table = 0; table < 3; ++table) {
    const KoalaBear parameter =
        table == 0 ? KoalaBear(0) : half_shift_ratio(task, static_cast<uint32_t>(table) - 1);
    plan.low[table] = backend.tables().get(backend, Kind::kLowTwiddles, task.log_height, parameter,
                                           [&] { return low_twiddles(task, table, plan.log_low); });
    if (plan.log_low == task.log_height) continue;
    plan.high[table] =
        backend.tables().get(backend, Kind::kHighTwiddles, task.log_height + 256 * lanes, parameter,
                             [&] { return high_twiddles(task, table, plan.log_low, lanes); });
  }
  return plan;
}

}  // namespace

void CpuBackend::extend(const ExtendTask& task) {
  // The widest set that a column is not too short for.
  const CpuTarget* target = &target_;
  if (task.log_height < target->extend->min_log_height && target != &scalar::kTarget) {
    for (const CpuTarget* other : available_targets()) {
      if (other->extend->min_log_height <= task.log_height) target = other;
    }
  }
  const ExtendTarget& run = *target->extend;
  const ExtendPlan plan = make_plan(*this, task, target->lanes);
  const uint64_t height = uint64_t{1} << task.log_height;
  const uint64_t panels = (uint64_t{1} << plan.log_low) / target->lanes;
  const uint64_t blocks = height >> plan.log_low;
  const bool tall = plan.log_low < plan.log_height;

  // Whole columns a thread, as long as there is one for each; the others are shared out pass by
  // pass.
  const uint64_t whole = task.columns - task.columns % pool_.threads();
  pool_.parallel_for(whole, 1, [&](uint64_t begin, uint64_t end) {
    for (uint64_t column = begin; column < end; ++column) {
      const KoalaBear* trace = task.trace + column * task.trace_stride;
      KoalaBear* extended = task.extended + column * task.extended_stride;
      if (tall) run.high(plan, 0, trace, extended, 0, panels);
      run.low(plan, tall ? extended : trace, extended, 0, blocks);
      if (tall) run.high(plan, 1, extended, extended, 0, panels);
      if (tall) run.high(plan, 2, extended + height, extended + height, 0, panels);
    }
  });
  for (uint64_t column = whole; column < task.columns; ++column) {
    const KoalaBear* trace = task.trace + column * task.trace_stride;
    KoalaBear* extended = task.extended + column * task.extended_stride;
    const auto high = [&](int table, const KoalaBear* from, KoalaBear* to) {
      if (!tall) return;
      pool_.parallel_for(panels, 4, [&](uint64_t begin, uint64_t end) {
        run.high(plan, table, from, to, begin, end);
      });
    };
    high(0, trace, extended);
    pool_.parallel_for(blocks, 1, [&](uint64_t begin, uint64_t end) {
      run.low(plan, tall ? extended : trace, extended, begin, end);
    });
    high(1, extended, extended);
    high(2, extended + height, extended + height);
  }
}

}  // namespace cairn
