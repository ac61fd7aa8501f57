// The constraints of a segment at the out-of-domain point.
#pragma once

#include "stark/protocol/layout.hpp"
#include "stark/protocol/proof.hpp"

namespace cairn {

/// True when, for every height, the weighted constraints at zeta are the quotient times zeta^N - 1.
bool constraints_hold(const SegmentRecord& record, const SegmentLayout& layout,
                      const SegmentProof& proof, const LookupChallenges& challenges,
                      const KoalaBear5& lambda, const KoalaBear5& zeta);

}  // namespace cairn
