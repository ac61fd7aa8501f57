// The columns of a bundle, height by height: where each part's columns stand, and how they are
// filled.
#pragma once

#include <vector>

#include "kernels/column_block.hpp"
#include "stark/protocol/layout.hpp"
#include "stark/protocol/proof.hpp"

namespace cairn {

/// A part and the first of its columns in the blocks of its height.
struct PartPlace {
  Part part;
  uint32_t index;  // in the bundle
  uint32_t main, helper, fixed;
  uint32_t pairs;  // of fractions
  uint32_t next;   // main columns that are read in the next row
};

/// All parts of one height. A block holds their columns of one kind, one after another, in this
/// order.
struct HeightPlan {
  uint32_t log_height;
  std::vector<PartPlace> parts;
  uint32_t main = 0, helper = 0, fixed = 0;  // columns in all

  uint64_t rows() const { return uint64_t{1} << log_height; }
};

/// Tallest height first, as SegmentLayout.
std::vector<HeightPlan> plan_heights(const Bundle& bundle, const SegmentLayout& layout);

/// Fills traces of a bundle's parts from the image and the counts.
class Tracer {
 public:
  Tracer(Backend& backend, const Image& image, const Counts& counts)
      : backend_(backend), image_(image), counts_(counts) {}

  /// Adds the uses of a part's rows to the counts. Throws Error(kBug) naming the chip and the row
  /// that uses what nothing provides.
  void count_uses(const Part& part) const;
  /// The main columns of a height; with `counting`, the uses of its rows are counted as well.
  ColumnBlock fill_main(const HeightPlan& height, bool counting = false) const;
  ColumnBlock fill_fixed(const HeightPlan& height) const;
  /// The helper columns of a height; sets each part's sum in `parts`. `main` and `fixed` are
  /// traces.
  ColumnBlock fill_helper(const HeightPlan& height, const ColumnBlock& main,
                          const ColumnBlock& fixed, const LookupChallenges* challenges,
                          std::vector<PartValues>& parts) const;

  /// A task for one of the part's kernels, with image, counts and part set and everything else
  /// zero.
  ChipTask task(ChipWork work, const Part& part) const;

 private:
  void run_counting(ChipTask task) const;

  Backend& backend_;
  Image image_;
  Counts counts_;
};

}  // namespace cairn
