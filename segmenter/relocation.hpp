// Where each segment lies in the one address space of the proof.
//
// Segments follow one another in the order of their numbers, from address 1 on. The two return
// segments are empty and lie at 0, so that ret_fp:0 and ret_pc:0 are the value 0: the run ends in
// the state (pc = 0, fp = 0), and address 0 is never in the memory table (design: cairo-air.md 13).
//
// Before the segments of add_mod and mul_mod lies one cell that belongs to no segment: their chips
// look at what stands before an instance, and a 1 there lets a batch begin.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "segmenter/pie.hpp"

namespace cairn {

class Relocation {
 public:
  struct Segment {
    uint32_t base = 0;
    uint32_t size = 0;
    bool known = false;
    bool apart = false;  // after a cell of no segment
  };

  /// Throws Error(kBadInput) if two segments share a number, kOutOfResource if they need 2^28
  /// cells.
  explicit Relocation(const Pie& pie);

  /// One past the last address.
  uint32_t end() const { return end_; }
  /// By number; `known` is false for numbers that the PIE does not list.
  const Segment& segment(uint64_t number) const {
    return number < segments_.size() ? segments_[number] : unknown_;
  }
  uint32_t base(const PieSegment& segment) const { return segments_[segment.index].base; }

  /// The address as "segment:offset", for messages.
  std::string name(int64_t address) const;

 private:
  std::vector<Segment> segments_;
  Segment unknown_;
  uint32_t end_ = 1;
};

}  // namespace cairn
