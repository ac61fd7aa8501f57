#include "stark/prover/quotient.hpp"

#include "core/timer.hpp"
#include "kernels/extend.hpp"
#include "kernels/quotient.hpp"
#include "kernels/selectors.hpp"
#include "stark/protocol/domain.hpp"
#include "stark/protocol/parameters.hpp"

namespace cairn {

Buffer<KoalaBear5> constraint_weights(Backend& backend, const SegmentLayout& layout,
                                      const KoalaBear5& lambda) {
  std::vector<KoalaBear5> weights(layout.constraint_count());
  KoalaBear5 power(1);
  for (KoalaBear5& weight : weights) {
    weight = power;
    power *= lambda;
  }
  return Buffer<KoalaBear5>::from_host(backend, weights);
}

ColumnBlock quotient_columns(Backend& backend, const Tracer& tracer, const HeightPlan& height,
                             const SegmentLayout& layout, const ColumnBlock& main,
                             const ColumnBlock& helper, const ColumnBlock& fixed,
                             const LookupChallenges* challenges, const Buffer<KoalaBear5>& weights,
                             const std::vector<PartValues>& parts, const KoalaBear* points) {
  const auto timed = step("constraints");
  const uint64_t domain = main.rows;
  const KoalaBear inverse_height = KoalaBear(static_cast<int64_t>(height.rows())).inverse();
  ColumnBlock accumulator(backend, kExtensionDegree, domain);
  accumulator.values.clear();
  {
    Buffer<KoalaBear> selectors(backend, 3 * domain);
    const SelectorColumns columns{selectors.data(), selectors.data() + domain,
                                  selectors.data() + 2 * domain};
    fill_selectors(backend, height.log_height, points, columns);
    for (const PartPlace& place : height.parts) {
      ChipTask task = tracer.task(ChipWork::kConstraints, place.part);
      task.main = const_cast<KoalaBear*>(main.column(place.main));
      task.helper = const_cast<KoalaBear*>(helper.column(place.helper));
      task.fixed = fixed.column(place.fixed);
      task.stride = main.stride();
      task.challenges = challenges;
      task.weights = weights.data() + layout.constraint_offset(place.index);
      task.sum_share = inverse_height * parts[place.index].sum;
      task.is_first = columns.is_first;
      task.is_last = columns.is_last;
      task.except_last = columns.except_last;
      task.accumulator = accumulator.values.data();
      backend.run_chip(place.part.chip, task);
    }
  }
  divide_by_vanishing(backend, height.log_height, accumulator.values.data(), accumulator.stride());

  // Chunk c is the quotient's values on half c, a trace on a shifted domain.
  ColumnBlock result(backend, kQuotientChunks * kExtensionDegree, domain);
  for (uint32_t c = 0; c < kQuotientChunks; ++c) {
    const auto timed_extension = step("extend");
    low_degree_extend(backend,
                      {accumulator.values.data() + c * height.rows(), accumulator.stride(),
                       result.column(c * kExtensionDegree), result.stride(), height.log_height,
                       kExtensionDegree, half_shift(c, static_cast<int>(height.log_height))});
  }
  return result;
}

}  // namespace cairn
