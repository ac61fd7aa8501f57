// Columns of all heights, extended and committed by one Merkle tree.
#pragma once

#include <memory>
#include <vector>

#include "kernels/column_block.hpp"
#include "kernels/merkle.hpp"
#include "stark/prover/trace.hpp"

namespace cairn {

/// Extends a block of traces to columns of twice as many values, coset-major.
ColumnBlock extend(Backend& backend, const ColumnBlock& trace);

struct Commitment {
  std::vector<ColumnBlock> blocks;  // tallest first
  std::unique_ptr<MerkleTree> tree;

  Commitment(Backend& backend, Hash hash, std::vector<ColumnBlock> extended);
  Digest root() const { return tree->root(); }
};

/// The tree's rows and siblings at the positions (flat, sorted, distinct) of its tallest height.
TreeOpening open(const MerkleTree& tree, const std::vector<uint32_t>& positions);

}  // namespace cairn
