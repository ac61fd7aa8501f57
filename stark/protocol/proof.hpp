// The proof of one segment, the proof of a job, and their bytes. One byte string per proof: the
// encoding is canonical and the reader refuses every other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/hash.hpp"
#include "core/quintic.hpp"
#include "stark/protocol/record.hpp"

namespace cairn {

/// Opened rows of one Merkle tree and the digests that tie them to its root.
struct TreeOpening {
  /// One list per height of the tree, tallest first: the rows at the distinct queried positions of
  /// that height, ascending, each row's elements one after another.
  std::vector<std::vector<KoalaBear>> rows;
  /// Siblings that do not follow from the rows: level by level from the leaves, by ascending
  /// position.
  std::vector<Digest> siblings;
};

/// What one part's columns are at the out-of-domain point.
struct PartValues {
  KoalaBear5 sum;                            // sigma: the part's whole contribution to the buses
  std::vector<KoalaBear5> main;              // at zeta
  std::vector<KoalaBear5> main_next;         // at w zeta, the columns that the chip reads there
  std::vector<KoalaBear5> helper;            // at zeta, five base columns a pair
  std::vector<KoalaBear5> running_sum_next;  // at w zeta, the five base columns of S
};

struct SegmentProof {
  Digest helper_root;
  Digest quotient_root;
  std::vector<PartValues> parts;  // in the record's order
  std::vector<std::vector<KoalaBear5>>
      quotients;  // per height, tallest first: 2 chunks of 5 columns
  std::vector<Digest> fold_roots;
  std::vector<KoalaBear5> last_polynomial;  // coefficients, lowest first
  uint64_t work_nonce;
  TreeOpening main, helper, quotient;
  std::vector<TreeOpening> folds;  // one a fold step
};

void write(ByteWriter& out, const SegmentProof& proof);
/// The record gives all lengths. Throws Error(kInvalidProof).
SegmentProof read_segment_proof(ByteReader& in, Hash hash, const SegmentRecord& record);

std::vector<std::byte> encode(const SegmentProof& proof);
SegmentProof decode_segment_proof(std::span<const std::byte> bytes, Hash hash,
                                  const SegmentRecord& record);

/// The proof of a whole job: segment proofs bound by one challenge and one zero sum. As long as the
/// job; not a succinct proof (docs/protocol.md).
struct JobProof {
  Hash hash;
  Statement statement;
  std::vector<SegmentRecord> records;
  std::vector<std::vector<std::byte>> segments;  // encode(SegmentProof) each
};

/// The digest that names a proof: over hash policy, statement, records and segments.
Digest proof_digest(const JobProof& proof);

}  // namespace cairn
