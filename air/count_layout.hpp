// How the use counts of one job lie in one array.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "air/image.hpp"

namespace cairn {

/// Counts of fixed tables are there only as far as the job needs the tables: a count that nobody
/// reads is memory all the same.
class CountLayout {
 public:
  explicit CountLayout(const Image& image);

  /// How many counts there are, and how many of them are entries (Counts::entries()).
  size_t size() const;
  size_t entries() const;
  /// The counts in an array of size().
  Counts in(uint32_t* array) const;

 private:
  std::array<size_t, 13> sizes_;  // of the arrays in the order of the members of Counts
};

/// Zeroed counts in host memory.
class CountStore {
 public:
  explicit CountStore(const Image& image) : layout_(image), counts_(layout_.size()) {}
  Counts view() { return layout_.in(counts_.data()); }

 private:
  CountLayout layout_;
  std::vector<uint32_t> counts_;
};

}  // namespace cairn
