// What a segment binds itself to before any challenge is known, and the challenge made from all of
// them.
#pragma once

#include <cstdint>
#include <vector>

#include "air/bus.hpp"
#include "air/part.hpp"
#include "air/statement.hpp"
#include "core/hash.hpp"

namespace cairn {

class ByteReader;
class ByteWriter;

/// The public side of a part.
struct PublicPart {
  uint32_t chip;
  uint32_t log_height;
  uint32_t range_begin, range_end;

  friend bool operator==(const PublicPart&, const PublicPart&) = default;
};

/// A segment's shape, ranges and the root of its main columns.
struct SegmentRecord {
  std::vector<PublicPart> parts;
  Digest main_root;

  static SegmentRecord of(const Bundle& bundle, const Digest& main_root);
  friend bool operator==(const SegmentRecord&, const SegmentRecord&) = default;
};

void write(ByteWriter& out, const SegmentRecord& record);
/// Throws Error(kInvalidProof) on bytes that are no record; shapes are the verifier's to judge.
SegmentRecord read_record(ByteReader& in, Hash hash);

void write(ByteWriter& out, const Statement& statement);
Statement read_statement(ByteReader& in);

Digest statement_digest(Hash hash, const Statement& statement);
Digest record_digest(Hash hash, const SegmentRecord& record);

/// Root of the left-complete binary tree over the digests: the left subtree of n > 1 leaves has the
/// largest power of two below n. The tree that folds the proofs has the same shape.
Digest tree_root(Hash hash, const std::vector<Digest>& leaves);

/// alpha and gamma, drawn once for the whole job after every main root is fixed.
struct GlobalChallenge {
  Digest statement;
  KoalaBear5 alpha, gamma;

  LookupChallenges lookups() const { return LookupChallenges::from(alpha, gamma); }
};

GlobalChallenge draw_global_challenge(Hash hash, const Statement& statement,
                                      const std::vector<SegmentRecord>& records);

}  // namespace cairn
