// The tree that folds segment proofs: who merges with whom. A pure function of the number of
// segments, never of ranks or timing, so that the root is the same for any number of ranks.
//
// Left-complete over the segment index: the left child of a node over n > 1 segments covers the
// largest power of two below n. The same shape as tree_root() over the records
// (stark/protocol/record.hpp).
#pragma once

#include <compare>
#include <cstdint>
#include <vector>

namespace cairn {

/// A node of the tree: the segments [first, first + count).
struct Span {
  uint32_t first, count;

  uint32_t end() const { return first + count; }
  bool leaf() const { return count == 1; }
  friend auto operator<=>(const Span&, const Span&) = default;
};

/// Children of a node that is no leaf.
Span left_child(Span node);
Span right_child(Span node);

/// True when `node` is a node of the tree over `leaves` segments.
bool is_node(uint32_t leaves, Span node);

/// The parent of a node that is not the root.
Span parent(uint32_t leaves, Span node);

/// All merges of the tree as the nodes that they make, children before parents: leaves - 1 of them.
std::vector<Span> merges(uint32_t leaves);

}  // namespace cairn
