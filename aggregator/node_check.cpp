#include "aggregator/node_check.hpp"

#include <fmt/format.h>

#include "core/error.hpp"
#include "stark/protocol/proof.hpp"
#include "stark/verifier/verifier.hpp"

namespace cairn {

void check_node(Hash hash, const GlobalChallenge& challenge,
                const std::vector<SegmentRecord>& records, const Node& node) {
  const Span span = node.span;
  if (!is_node(static_cast<uint32_t>(records.size()), span)) {
    throw Error(Code::kInvalidProof, fmt::format("node [{}, {}): not in the tree over {} segments",
                                                 span.first, span.end(), records.size()));
  }
  KoalaBear5 sum(0);
  for (uint32_t i = 0; i < span.count; ++i) {
    const uint32_t index = span.first + i;
    const Verdict verdict =
        verify_segment(hash, challenge, index, records[index], node.segments[i]);
    if (!verdict.accepted()) {
      throw Error(Code::kInvalidProof,
                  fmt::format("segment {}: refused before folding: {}: {}", index,
                              refusal_name(verdict.refusal), verdict.detail));
    }
    sum += segment_sum(hash, records[index], node.segments[i]);
  }
  if (!(sum == node.sum) || node.digest != node_digest(hash, span, node.segments)) {
    throw Error(Code::kInvalidProof,
                fmt::format("node [{}, {}): its digest or sum is not that of its segments",
                            span.first, span.end()));
  }
}

KoalaBear5 segment_sum(Hash hash, const SegmentRecord& record, std::span<const std::byte> segment) {
  const SegmentProof proof = decode_segment_proof(segment, hash, record);
  KoalaBear5 sum(0);
  for (const PartValues& part : proof.parts) sum += part.sum;
  return sum;
}

}  // namespace cairn
