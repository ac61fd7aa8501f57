// Merkle trees over the rows of matrices of several heights.
//
// The tallest height's rows are the leaves: 2 N of them, in two halves. A level has M nodes a half;
// node (c, q) is the digest of nodes (c, q) and (c, q + M) below and, where matrices of height M
// are committed, then of that with the digest of their rows (c, q). The root joins the two halves.
// The rows of several matrices of one height are concatenated in list order.
#pragma once

#include <vector>

#include "core/hash.hpp"
#include "kernels/buffer.hpp"
#include "kernels/matrix.hpp"

namespace cairn {

/// Opened rows and what ties them to the root.
struct MerkleOpening {
  /// One list per height, tallest first: the rows at the distinct opened places of that height,
  /// ascending, each row's elements one after another.
  std::vector<std::vector<KoalaBear>> rows;
  /// Siblings that do not follow from the rows: level by level from the leaves, by ascending place
  /// of the node that needs them; at the top the digest of the other half.
  std::vector<Digest> siblings;
};

class MerkleTree {
 public:
  /// Levels from `keep_from` on are stored, 16 N / 2^keep_from words; nodes below are hashed again
  /// when they are opened. Matrices may come in any order of heights; those of width 0 are ignored,
  /// one must be left. Their memory must outlive the tree's openings.
  MerkleTree(Backend& backend, Hash hash, const std::vector<Matrix>& matrices,
             uint32_t keep_from = 2);

  const Digest& root() const { return root_; }
  /// Of the leaves.
  uint32_t log_height() const { return log_height_; }

  /// Rows and siblings for leaves at `places` (c N + i; sorted, distinct, at least one).
  MerkleOpening open(const std::vector<uint32_t>& places) const;

 private:
  /// Matrices of one height, and how far below the leaves' level they come in.
  struct Height {
    uint32_t level;
    uint32_t width;
    MatrixList matrices;
  };

  const Height* at_level(uint32_t level) const;
  void build();
  template <class Kernel>
  void run_level(Kernel kernel, uint32_t log_nodes);
  std::vector<KoalaBear> gather(const MatrixList& matrices, uint32_t width,
                                const std::vector<uint32_t>& places) const;
  std::vector<Digest> digests(uint32_t level, const std::vector<uint32_t>& places) const;

  Backend* backend_;
  Hash hash_;
  uint32_t log_height_ = 0;
  uint32_t keep_from_ = 0;
  std::vector<Height> heights_;           // tallest first
  std::vector<Buffer<uint32_t>> levels_;  // from keep_from_ on
  Digest root_{};
};

}  // namespace cairn
