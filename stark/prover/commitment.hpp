// Columns of all heights, extended and committed by one Merkle tree.
#pragma once

#include <memory>
#include <vector>

#include "kernels/merkle.hpp"
#include "stark/prover/trace.hpp"

namespace cairn {

struct ExtendedBlock {
  uint32_t log_height;
  uint32_t columns;
  Buffer<KoalaBear> values;  // columns of 2 N values, coset-major, 2 N apart

  uint64_t stride() const { return uint64_t{2} << log_height; }
  const KoalaBear* column(uint32_t i) const { return values.data() + i * stride(); }
};

/// Extends a block of traces, which is used up; values of the trace lie at input_shift * H.
ExtendedBlock extend(Backend& backend, uint32_t log_height, uint32_t columns,
                     Buffer<KoalaBear> trace, KoalaBear input_shift = 1);

struct Commitment {
  std::vector<ExtendedBlock> blocks;  // tallest first
  std::unique_ptr<MerkleTree> tree;

  Commitment(Backend& backend, Hash hash, std::vector<ExtendedBlock> extended);
  Digest root() const { return tree->root(); }
};

/// The tree's rows and siblings at the positions (flat, sorted, distinct) of its tallest height.
TreeOpening open(const MerkleTree& tree, const std::vector<uint32_t>& positions);

}  // namespace cairn
