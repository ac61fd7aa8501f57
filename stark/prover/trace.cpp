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

void Tracer::count_uses(const Part& part) const {
  const auto timed = step("count");
  Buffer<uint32_t> unprovided(backend_, 1);
  unprovided.clear();
  ChipTask counting = task(ChipWork::kCountUses, part);
  counting.unprovided = unprovided.data();
  backend_.run_chip(part.chip, counting);
  const uint32_t row = unprovided.to_host()[0];
  if (row != 0) {
    const std::string name =
        with_chip(part.chip, []<class Chip>() { return std::string(Chip::kName); });
    throw Error(Code::kBug, "bug: " + name + " row " + std::to_string(part.first + row - 1) +
                                " uses a message that nothing provides");
  }
}

Buffer<KoalaBear> Tracer::fill_main(const HeightPlan& height) const {
  const auto timed = step("fill");
  Buffer<KoalaBear> trace(backend_, height.main * height.rows());
  for (const PartPlace& place : height.parts) {
    ChipTask fill = task(ChipWork::kFill, place.part);
    fill.main = trace.data() + place.main * height.rows();
    fill.stride = height.rows();
    backend_.run_chip(place.part.chip, fill);
  }
  return trace;
}

Buffer<KoalaBear> Tracer::fill_fixed(const HeightPlan& height) const {
  const auto timed = step("fill");
  std::vector<KoalaBear> trace;
  trace.reserve(height.fixed * height.rows());
  for (const PartPlace& place : height.parts) {
    with_chip(place.part.chip, [&]<class Chip>() {
      if constexpr (kShape<Chip>.fixed > 0) {
        for (int column = 0; column < kShape<Chip>.fixed; ++column) {
          for (uint32_t row = 0; row < height.rows(); ++row) {
            trace.push_back(Chip::fixed(column, row, static_cast<int>(height.log_height)));
          }
        }
      }
    });
  }
  return Buffer<KoalaBear>::from_host(backend_, trace);
}

Buffer<KoalaBear> Tracer::fill_helper(const HeightPlan& height, const Buffer<KoalaBear>& main,
                                      const Buffer<KoalaBear>& fixed,
                                      const LookupChallenges* challenges,
                                      std::vector<PartValues>& parts) const {
  const auto timed = step("lookups");
  Buffer<KoalaBear> trace(backend_, height.helper * height.rows());
  for (const PartPlace& place : height.parts) {
    ChipTask fill = task(ChipWork::kLookups, place.part);
    fill.main = const_cast<KoalaBear*>(main.data()) + place.main * height.rows();
    fill.fixed = fixed.data() + place.fixed * height.rows();
    fill.helper = trace.data() + place.helper * height.rows();
    fill.stride = height.rows();
    fill.challenges = challenges;
    backend_.run_chip(place.part.chip, fill);
    KoalaBear* sums = fill.helper + uint64_t{place.pairs - 1} * kExtensionDegree * height.rows();
    parts[place.index].sum = cyclic_prefix_sum(backend_, sums, height.rows(), height.rows());
  }
  return trace;
}

}  // namespace cairn
