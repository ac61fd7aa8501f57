// What a rank asks of a node that another rank made, before it folds it with its own.
#pragma once

#include <vector>

#include "aggregator/node.hpp"
#include "stark/protocol/record.hpp"

namespace cairn {

/// Checks every segment proof of the node natively, then its digest and sum against them. Throws
/// Error(kInvalidProof) with the segment and the verifier's reason.
/// Soundness: not needed for that of the final proof, whose verifier checks every segment again; it
/// names the segment, and the rank that merged it, while the job can still be looked at.
void check_node(Hash hash, const GlobalChallenge& challenge,
                const std::vector<SegmentRecord>& records, const Node& node);

/// What the parts of one segment add to the buses.
KoalaBear5 segment_sum(Hash hash, const SegmentRecord& record, std::span<const std::byte> segment);

}  // namespace cairn
