// The prover's side of the low-degree test: layers, folds, proof of work, queries.
#pragma once

#include "stark/protocol/segment_transcript.hpp"
#include "stark/prover/commitment.hpp"

namespace cairn {

/// Folds the first layer (five base columns of 2^(log_height + 1) values) down to the last
/// polynomial, finds the work, draws the positions and opens the layers: fills fold_roots,
/// last_polynomial, work_nonce and folds. Returns the positions.
std::vector<uint32_t> prove_low_degree(Backend& backend, Hash hash, Buffer<KoalaBear> codeword,
                                       int log_height, SegmentTranscript& transcript,
                                       SegmentProof& proof);

}  // namespace cairn
