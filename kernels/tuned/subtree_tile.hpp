// The lowest levels of a Merkle tree on a device: what replaces the plain HashSubtrees
// (kernels/merkle_hash.hpp), its oracle, where a subtree has more than one leaf.
//
// The plain body hashes a whole subtree by one thread: 16 times fewer threads than rows, and left
// siblings in local memory. Here each thread hashes one row, a warp 32 neighbours, its state in
// registers; digests meet in shared memory, level by level, and only the highest leave the block. A
// template of the hash, so that the faster one does not pay for the registers of the other.
// Not yet measured on a device.
#pragma once

#include "kernels/merkle_hash.hpp"

namespace cairn {

template <Hash kHash>
struct SubtreeTile {
  /// Nodes that a block computes: neighbours, a warp's width of them.
  static constexpr uint32_t kNodes = 32;
  static constexpr uint32_t kMaxThreads = kNodes << kMaxSubtreeDepth;

  HashSubtrees kernel;

  uint64_t blocks() const { return (kernel.count + kNodes - 1) / kNodes; }
  uint32_t threads() const { return kNodes << kernel.depth; }
  /// Words of shared memory.
  uint32_t shared_words() const { return threads() * kDigestWords; }
  HOST_DEVICE uint32_t phases() const { return kernel.depth + 1; }

  /// Phase l computes level l, of 2^(depth - l) digests under each node; a barrier follows each.
  /// Entry u of a level is u 2^log_top rows after the node's own, and is joined from entries u and
  /// u + 2^(depth - l) below: it takes the place of the first, which no other thread reads.
  HOST_DEVICE void phase(uint32_t level, uint64_t block, uint32_t thread, uint32_t* shared) const {
    const uint32_t lane = thread % kNodes;
    const uint32_t entry = thread / kNodes;
    const uint32_t entries = 1u << (kernel.depth - level);
    const uint64_t i = block * kNodes + lane;
    if (entry >= entries || i >= kernel.count) return;
    const SubtreeRows& rows = kernel.rows;
    const uint32_t log_top = rows.log_height - kernel.depth;
    const uint64_t node = kernel.first + i;
    const NeighbourRows<KoalaBear> place{
        node >> log_top, (node & ((uint64_t{1} << log_top) - 1)) + (uint64_t{entry} << log_top)};
    uint32_t digest[kDigestWords] = {};
    if (level == 0) {
      hash_row(level, place, digest);
    } else {
      uint32_t left[kDigestWords], right[kDigestWords];
      for (int w = 0; w < kDigestWords; ++w) {
        left[w] = shared[shared_place(entry, w, lane)];
        right[w] = shared[shared_place(entry + entries, w, lane)];
      }
      hash_pair_lanes<KoalaBear>(kHash, left, right, digest);
      if (rows.begin[level] != rows.begin[level + 1]) {
        for (int w = 0; w < kDigestWords; ++w) left[w] = digest[w];
        hash_row(level, place, right);
        hash_pair_lanes<KoalaBear>(kHash, left, right, digest);
      }
    }
    for (int w = 0; w < kDigestWords; ++w) {
      if (level == kernel.depth) {
        kernel.out[w * kernel.out_size + node] = digest[w];
      } else {
        shared[shared_place(entry, w, lane)] = digest[w];
      }
    }
  }

 private:
  HOST_DEVICE static uint32_t shared_place(uint32_t entry, int word, uint32_t lane) {
    return (entry * kDigestWords + static_cast<uint32_t>(word)) * kNodes + lane;
  }
  HOST_DEVICE void hash_row(uint32_t level, const NeighbourRows<KoalaBear>& place,
                            uint32_t (&digest)[kDigestWords]) const {
    const RowSource<KoalaBear, NeighbourRows<KoalaBear>> source(
        kernel.rows.matrices.item + kernel.rows.begin[level], place);
    hash_row_lanes<KoalaBear>(kHash, source, kernel.rows.width[level], digest);
  }
};

}  // namespace cairn
