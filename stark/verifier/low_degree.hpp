// The low-degree test of a segment: the opened rows give the first layer, folds lead to the last
// polynomial.
#pragma once

#include "stark/protocol/layout.hpp"
#include "stark/protocol/proof.hpp"
#include "stark/verifier/refusal.hpp"

namespace cairn {

struct LowDegreeClaim {
  KoalaBear5 zeta, delta;
  std::vector<KoalaBear5> betas;    // one a fold step
  std::vector<uint32_t> positions;  // flat, sorted, distinct
};

/// Checks all openings against their roots and every fold at every position.
Refusal check_low_degree(Hash hash, const SegmentRecord& record, const SegmentLayout& layout,
                         const SegmentProof& proof, const LowDegreeClaim& claim);

}  // namespace cairn
