// The quotient of a height: its weighted constraints over x^N - 1, in two chunks, extended.
#pragma once

#include "stark/prover/commitment.hpp"

namespace cairn {

/// Weights lambda^k for the constraints of a whole bundle, in the backend's memory.
Buffer<KoalaBear5> constraint_weights(Backend& backend, const SegmentLayout& layout,
                                      const KoalaBear5& lambda);

/// The two chunks of five columns of one height. `main`, `helper` and `fixed` are its extended
/// blocks, `points` those of its evaluation domain.
ColumnBlock quotient_columns(Backend& backend, const Tracer& tracer, const HeightPlan& height,
                             const SegmentLayout& layout, const ColumnBlock& main,
                             const ColumnBlock& helper, const ColumnBlock& fixed,
                             const LookupChallenges* challenges, const Buffer<KoalaBear5>& weights,
                             const std::vector<PartValues>& parts, const KoalaBear* points);

}  // namespace cairn
