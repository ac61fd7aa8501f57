// The conversation of one segment's proof, the same text for prover and verifier
// (docs/protocol.md).
//
// Soundness: it starts from the statement, the global challenge, the segment's place and its record
// (audit R7), so that a proof cannot be moved to another place or job; every opening is absorbed,
// those in the next row too (R16).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/transcript.hpp"
#include "stark/protocol/proof.hpp"

namespace cairn {

class SegmentTranscript {
 public:
  SegmentTranscript(Hash hash, const GlobalChallenge& challenge, uint32_t index,
                    const SegmentRecord& record);

  /// After the helper columns and each part's sum: the weight of constraints.
  KoalaBear5 draw_lambda(const Digest& helper_root, std::span<const PartValues> parts);
  /// After the quotient: the out-of-domain point.
  KoalaBear5 draw_zeta(const Digest& quotient_root);
  /// After all openings: the weight of columns in the low-degree test.
  KoalaBear5 draw_delta(std::span<const PartValues> parts,
                        std::span<const std::vector<KoalaBear5>> quotients);
  /// After each layer: how to fold it.
  KoalaBear5 draw_beta(const Digest& fold_root);
  void absorb_last_polynomial(std::span<const KoalaBear5> coefficients);
  /// The seed of the proof of work that stands before the queries.
  Digest work_seed();
  /// Absorbs the nonce; false when it has too little work.
  bool accept_work(uint64_t nonce);
  /// kQueries flat positions of a domain with 2^log_height points a half; sorted, distinct.
  std::vector<uint32_t> draw_positions(int log_height);

 private:
  Transcript transcript_;
};

}  // namespace cairn
