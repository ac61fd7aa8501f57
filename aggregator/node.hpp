// A node of the fold tree: the proofs of a run of segments, what they add to the buses, and a
// digest.
//
// Until segment proofs are folded by recursion, folding is collecting: a node holds its segments'
// bytes, and whoever merges two nodes checks natively what came from another rank
// (aggregator/node_check.hpp). Shape, digests and sums are those that recursion will keep
// (docs/protocol.md).
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "aggregator/tree.hpp"
#include "core/bytes.hpp"
#include "core/hash.hpp"
#include "core/quintic.hpp"

namespace cairn {

struct Node {
  Span span;
  Digest digest;   // of a leaf: of its bytes; of a merged node: of its children's digests
  KoalaBear5 sum;  // what the segments' parts add to the buses
  std::vector<std::vector<std::byte>> segments;  // encode(SegmentProof) each, in order
};

/// The leaf of segment `index`, whose parts add `sum` to the buses.
Node make_leaf(Hash hash, uint32_t index, const KoalaBear5& sum, std::vector<std::byte> segment);

/// The parent of two siblings of the tree over `leaves` segments. Throws Error(kBug) if they are
/// none.
Node merge(Hash hash, uint32_t leaves, Node left, Node right);

/// The digest that a node over `span` has, from its segments' bytes alone.
Digest node_digest(Hash hash, Span span, std::span<const std::vector<std::byte>> segments);

void write(ByteWriter& out, const Node& node);
/// Throws Error(kInvalidProof) on bytes that are no node.
Node read_node(ByteReader& in, Hash hash);

}  // namespace cairn
