#include "stark/prover/trace.hpp"

#include <string>

#include "air/chips.hpp"
#include "core/timer.hpp"
#include "kernels/prefix_sum.hpp"

namespace cairn {

std::vector<HeightPlan> plan_heights(const Bundle& bundle, const SegmentLayout& layout) {
  std::vector<HeightPlan> plans;
  for (const HeightGroup& group : layout.heights()) {
    HeightPlan plan;
    plan.log_height = static_cast<uint32_t>(group.log_height);
    for (const uint32_t index : group.parts) {
      PartPlace place{bundle[index], index, plan.main, plan.helper, plan.fixed, 0, 0};
      with_chip(bundle[index].chip, [&]<class Chip>() {
        constexpr Shape kChip = kShape<Chip>;
        plan.main += kChip.columns;
        plan.helper += kChip.helper_columns();
        plan.fixed += kChip.fixed;
        place.pairs = kChip.pairs();
        place.next = kChip.next;
      });
      plan.parts.push_back(place);
    }
    plans.push_back(std::move(plan));
  }
  return plans;
}

ChipTask Tracer::task(ChipWork work, const Part& part) const {
  ChipTask task{};
  task.work = work;
  task.part = part;
  task.image = image_;
  task.counts = counts_;
  return task;
}

void Tracer::run_counting(ChipTask task) const {
  Buffer<uint32_t> unprovided(backend_, 1);
  unprovided.clear();
  task.unprovided = unprovided.data();
  backend_.run_chip(task.part.chip, task);
  const uint32_t row = unprovided.to_host()[0];
  if (row != 0) {
    const std::string name =
        with_chip(task.part.chip, []<class Chip>() { return std::string(Chip::kName); });
    throw Error(Code::kBug, "bug: " + name + " row " + std::to_string(task.part.first + row - 1) +
                                " uses a message that nothing provides");
  }
}

void Tracer::count_uses(const Part& part) const {
  const auto timed = step("count");
  run_counting(task(ChipWork::kCountUses, part));
}

ColumnBlock Tracer::fill_main(const HeightPlan& height, bool counting) const {
  const auto timed = step("fill");
  ColumnBlock trace(backend_, height.main, height.rows());
  for (const PartPlace& place : height.parts) {
    ChipTask fill = task(counting ? ChipWork::kFillAndCount : ChipWork::kFill, place.part);
    fill.main = trace.column(place.main);
    fill.stride = trace.stride();
    if (counting) {
      run_counting(fill);
    } else {
      backend_.run_chip(place.part.chip, fill);
    }
  }
  return trace;
}

ColumnBlock Tracer::fill_fixed(const HeightPlan& height) const {
  const auto timed = step("fill");
  ColumnBlock trace(backend_, height.fixed, height.rows());
  std::vector<KoalaBear> values(height.rows());
  for (const PartPlace& place : height.parts) {
    with_chip(place.part.chip, [&]<class Chip>() {
      if constexpr (kShape<Chip>.fixed > 0) {
        for (int column = 0; column < kShape<Chip>.fixed; ++column) {
          for (uint32_t row = 0; row < height.rows(); ++row) {
            values[row] = Chip::fixed(column, row, static_cast<int>(height.log_height));
          }
          backend_.copy_in(trace.column(place.fixed + static_cast<uint32_t>(column)), values.data(),
                           values.size() * sizeof(KoalaBear));
        }
      }
    });
  }
  return trace;
}

ColumnBlock Tracer::fill_helper(const HeightPlan& height, const ColumnBlock& main,
                                const ColumnBlock& fixed, const LookupChallenges* challenges,
                                std::vector<PartValues>& parts) const {
  const auto timed = step("lookups");
  ColumnBlock trace(backend_, height.helper, height.rows());
  for (const PartPlace& place : height.parts) {
    ChipTask fill = task(ChipWork::kLookups, place.part);
    fill.main = const_cast<KoalaBear*>(main.column(place.main));
    fill.fixed = fixed.column(place.fixed);
    fill.helper = trace.column(place.helper);
    fill.stride = trace.stride();
    fill.challenges = challenges;
    backend_.run_chip(place.part.chip, fill);
    KoalaBear* sums = fill.helper + uint64_t{place.pairs - 1} * kExtensionDegree * fill.stride;
    parts[place.index].sum = cyclic_prefix_sum(backend_, sums, fill.stride, height.rows());
  }
  return trace;
}

}  // namespace cairn
