// Where a segment's columns stand: which parts share a height, in which order, and which power of a
// challenge weighs what. Prover and verifier both take it from here.
#pragma once

#include <cstdint>
#include <vector>

#include "stark/protocol/record.hpp"

namespace cairn {

/// The parts of one height, by their place in the record.
struct HeightGroup {
  int log_height;
  std::vector<uint32_t> parts;
};

class SegmentLayout {
 public:
  /// The record's shapes must be valid (known chips, heights within bounds).
  explicit SegmentLayout(const SegmentRecord& record);

  /// Tallest first.
  const std::vector<HeightGroup>& heights() const { return heights_; }
  int log_height() const { return heights_.front().log_height; }

  /// Part i's first constraint is weighted by lambda^constraint_offset(i).
  uint64_t constraint_offset(uint32_t part) const { return constraint_offset_[part]; }
  uint64_t constraint_count() const { return constraint_count_; }

 private:
  std::vector<HeightGroup> heights_;
  std::vector<uint64_t> constraint_offset_;
  uint64_t constraint_count_ = 0;
};

/// Visits every opened function of a segment in the order in which powers of delta weigh them,
/// tallest height first, within a height: main, helper and quotient columns at zeta, then the
/// columns at w zeta. Column ranges are given as a whole: first power, number of columns.
struct OpeningOrder {
  struct Group {
    uint64_t main;    // delta exponent of the first main column of the first part
    uint64_t helper;  // likewise
    uint64_t quotient;
    uint64_t main_next;
    uint64_t sum_next;
    uint64_t end;
  };
  std::vector<Group> groups;  // as SegmentLayout::heights()

  OpeningOrder(const SegmentLayout& layout, const SegmentRecord& record);
  uint64_t count() const { return groups.back().end; }
};

}  // namespace cairn
