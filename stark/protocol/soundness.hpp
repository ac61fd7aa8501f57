// What the parameters prove, in bits: the errors of every round, from the formulas, for given
// shapes.
//
// Unique decoding; formulas as in design proof-system.md 1.1. One table of rounds: a change of
// theorem or parameter is a change of one line here, and a test recomputes every shape in use.
#pragma once

#include <string_view>
#include <vector>

#include "stark/protocol/record.hpp"

namespace cairn {

/// What the formulas need to know of one segment.
struct SegmentShape {
  int log_height;        // of the tallest part
  uint64_t constraints;  // weighted by powers of lambda, over all parts
  uint64_t
      openings;  // functions batched by powers of delta: columns at zeta and at w zeta, quotients
};

/// And of the job.
struct JobShape {
  std::vector<SegmentShape> segments;
  uint64_t fractions;  // rows times fractions over all parts, and the statement's terms
  int message;         // coordinates of the longest message
};

SegmentShape shape_of(const SegmentRecord& record);
JobShape shape_of(const std::vector<SegmentRecord>& records, uint64_t public_terms);

struct Round {
  std::string_view name;
  double bits;  // -log2 of the round's error, its proof of work included
};

/// Every round of the job with its error; for a round that each segment has, the worst segment's.
std::vector<Round> soundness_rounds(const JobShape& job);

/// The round with the least bits: what the proof as a whole is worth, round by round.
Round weakest_round(const JobShape& job);

}  // namespace cairn
