// The verifier of a job: takes a decoded JobProof, gives a verdict with a named reason.
//
// Links neither MPI nor CUDA nor HDF5. Everything that a later recursion circuit must check is
// checked here natively, the audit's R1-R7 and R16 included (docs/protocol.md).
#pragma once

#include <string>
#include <string_view>

#include "stark/protocol/parameters.hpp"
#include "stark/protocol/proof.hpp"
#include "stark/verifier/refusal.hpp"

namespace cairn {

struct Verdict {
  Refusal refusal = Refusal::kNone;
  /// What exactly, for people: "segment 3: part 2 (MEM): ...".
  std::string detail;
  /// Proven bits of this proof's shapes; set when accepted.
  double security_bits = 0;
  std::string_view tightest;  // the round that limits them

  bool accepted() const { return refusal == Refusal::kNone; }
};

/// `security_target` may ask for more than the default, never for less.
Verdict verify(const JobProof& proof, double security_target = kSecurityTarget);

/// verify() for whoever has verified each segment by itself, with verify_segment() under the
/// challenge of these very records, and kept what it adds to the buses: everything else.
Verdict verify_rest(const JobProof& proof, std::span<const KoalaBear5> segment_sums);

/// One segment by itself, against the challenge that it was made under. Adds nothing to the sum
/// check. Used on the proofs of other ranks before they are
/// folded.
Verdict verify_segment(Hash hash, const GlobalChallenge& challenge, uint32_t index,
                       const SegmentRecord& record, std::span<const std::byte> segment);

}  // namespace cairn
