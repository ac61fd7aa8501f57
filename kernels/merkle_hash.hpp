// Kernels of Merkle trees: digests of nodes from rows and from the level below.
//
// A level has M nodes a half, node (c, q) at place c M + q; the digests of a level are eight
// columns of words, 2 M apart, so that lanes are neighbours. The children of (c, q) are (c, q) and
// (c, q + M) below.
#pragma once

#include <type_traits>

#include "core/hash_lanes.hpp"
#include "kernels/matrix.hpp"

namespace cairn {

/// Rows of a list of matrices, concatenated, for as many neighbouring rows as V has lanes. Gives
/// elements in order, one a call.
template <class V, class Lanes>
class RowSource {
 public:
  /// From matrix `first` on, which is of the height wanted.
  HOST_DEVICE RowSource(const Matrix* first, const Lanes& lanes)
      : matrix_(first), column_(first->data), group_(0), element_(0), lanes_(lanes) {}

  HOST_DEVICE V operator()(uint32_t) {
    const V x = lanes_.load(column_ + element_ * matrix_->inner_stride, matrix_->half_stride);
    if (++element_ == matrix_->inner_count) {
      element_ = 0;
      column_ += matrix_->outer_stride;
      if (++group_ == matrix_->outer_count) {
        group_ = 0;
        ++matrix_;
        column_ = matrix_->data;  // one past the last is read, but not what it points to
      }
    }
    return x;
  }

 private:
  const Matrix* matrix_;
  const KoalaBear* column_;
  uint32_t group_;
  uint32_t element_;
  Lanes lanes_;
};

/// The neighbouring rows from row `row` of half `half` on.
template <class V>
struct NeighbourRows {
  uint64_t half;
  uint64_t row;

  HOST_DEVICE V load(const KoalaBear* column, uint64_t half_stride) const {
    return load_lanes<V>(column + half * half_stride + row);
  }
  HOST_DEVICE NeighbourRows moved(uint64_t rows) const { return {half, row + rows}; }
};

/// Any rows, one a lane.
template <class V>
struct ScatteredRows {
  uint64_t half[kLaneCount<V>];
  uint64_t row[kLaneCount<V>];

  HOST_DEVICE V load(const KoalaBear* column, uint64_t half_stride) const {
    KoalaBear lane[kLaneCount<V>];
    for (int k = 0; k < kLaneCount<V>; ++k) lane[k] = column[half[k] * half_stride + row[k]];
    return load_lanes<V>(lane);
  }
  HOST_DEVICE ScatteredRows moved(uint64_t rows) const {
    ScatteredRows result = *this;
    for (int k = 0; k < kLaneCount<V>; ++k) result.row[k] += rows;
    return result;
  }
};

/// Subtrees of this depth are hashed in one go, without storing the levels below.
inline constexpr uint32_t kMaxSubtreeDepth = 4;

/// The matrices that the levels 0 .. depth of a tree take in: level l has item[begin[l] .. begin[l
/// + 1]) of the list, of rows of width[l] elements in all.
struct SubtreeRows {
  Hash hash;
  uint32_t log_height;  // of the leaves
  MatrixList matrices;
  uint32_t begin[kMaxSubtreeDepth + 2];
  uint32_t width[kMaxSubtreeDepth + 1];

  /// Digests of nodes of level `depth`, from the leaves up: kGroups times as many as V has lanes.
  /// The reader hashes rows: reader(*this, level, offset, out), `offset` rows after the nodes' own.
  template <class V, int kGroups, class Reader>
  HOST_DEVICE void hash_subtree(uint32_t depth, const Reader& reader,
                                WordsOf<V> (&digest)[kGroups][kDigestWords]) const {
    using W = WordsOf<V>;
    W waiting[kMaxSubtreeDepth + 1][kGroups][kDigestWords];  // left siblings, by level
    W other[kGroups][kDigestWords];
    for (uint32_t leaf = 0; leaf < 1u << depth; ++leaf) {
      // Leaves come in the order in which siblings meet: leaf t is (bits of t reversed) 2^log_top
      // rows off.
      for (uint32_t level = 0;; ++level) {
        if (level > 0) join<V, kGroups>(waiting[level - 1], digest, digest);
        if (begin[level] != begin[level + 1]) {
          const uint64_t block = reversed(leaf >> level, depth - level);
          const uint64_t offset = block << (log_height - depth);
          if (level == 0) {
            reader(*this, level, offset, digest);
          } else {
            reader(*this, level, offset, other);
            join<V, kGroups>(digest, other, digest);
          }
        }
        if (level == depth) break;
        if ((leaf >> level & 1) == 0) {
          for (int g = 0; g < kGroups; ++g) {
            for (int w = 0; w < kDigestWords; ++w) waiting[level][g][w] = digest[g][w];
          }
          break;
        }
      }
    }
  }

 private:
  HOST_DEVICE static uint32_t reversed(uint32_t x, uint32_t bits) {
    uint32_t result = 0;
    for (uint32_t b = 0; b < bits; ++b) result |= (x >> b & 1) << (bits - 1 - b);
    return result;
  }
  template <class V, int kGroups>
  HOST_DEVICE void join(const WordsOf<V> (&left)[kGroups][kDigestWords],
                        const WordsOf<V> (&right)[kGroups][kDigestWords],
                        WordsOf<V> (&out)[kGroups][kDigestWords]) const {
    for (int g = 0; g < kGroups; ++g) {
      WordsOf<V> digest[kDigestWords];
      hash_pair_lanes<V>(hash, left[g], right[g], digest);
      for (int w = 0; w < kDigestWords; ++w) out[g][w] = digest[w];
    }
  }
};

/// Hashes rows straight out of their columns.
template <class V, class Lanes>
struct DirectReader {
  Lanes rows;

  HOST_DEVICE void operator()(const SubtreeRows& tree, uint32_t level, uint64_t offset,
                              WordsOf<V> (&out)[1][kDigestWords]) const {
    RowSource<V, Lanes> source(tree.matrices.item + tree.begin[level], rows.moved(offset));
    hash_row_lanes<V>(tree.hash, source, tree.width[level], out[0]);
  }
};

/// Hashes rows from a copy. Rows lie in as many pages as they have columns, more than a processor
/// fetches ahead by itself: some lines of each column are read at once, nothing else in between.
/// Those that follow are asked for one by one while these are hashed: all at once they would queue
/// up, and memory would idle the rest of the time.
template <class V, int kGroups>
struct StagedReader {
  static constexpr uint32_t kMaxWidth = 1024;
  static constexpr uint32_t kRow = kGroups * kLaneCount<V>;

  struct StagedSource {
    const KoalaBear* row;
    const KoalaBear* const* next;
    uint32_t lane;
    HOST_DEVICE V operator()(uint32_t i) const {
      prefetch(next[i] + lane);
      return load_lanes<V>(row + uint64_t{i} * kRow + lane);
    }
  };

  NeighbourRows<V> rows;
  KoalaBear* staged;       // kMaxWidth * kRow
  const KoalaBear** next;  // kMaxWidth: where each column goes on

  HOST_DEVICE void operator()(const SubtreeRows& tree, uint32_t level, uint64_t offset,
                              WordsOf<V> (&out)[kGroups][kDigestWords]) const {
    const uint32_t width = tree.width[level];
    const Matrix* first = tree.matrices.item + tree.begin[level];
    const bool fits = width <= kMaxWidth;
    if (fits) stage(first, width, offset);
    for (int g = 0; g < kGroups; ++g) {
      WordsOf<V> digest[kDigestWords];
      const uint32_t lane = static_cast<uint32_t>(g) * kLaneCount<V>;
      if (fits) {
        hash_row_lanes<V>(tree.hash, StagedSource{staged, next, lane}, width, digest);
      } else {
        RowSource<V, NeighbourRows<V>> source(first, rows.moved(offset + lane));
        hash_row_lanes<V>(tree.hash, source, width, digest);
      }
      for (int w = 0; w < kDigestWords; ++w) out[g][w] = digest[w];
    }
  }

 private:
  HOST_DEVICE void stage(const Matrix* matrix, uint32_t width, uint64_t offset) const {
    uint32_t column = 0;
    for (; column < width; ++matrix) {
      const KoalaBear* group = matrix->data + rows.half * matrix->half_stride + rows.row + offset;
      for (uint32_t j = 0; j < matrix->outer_count; ++j, group += matrix->outer_stride) {
        for (uint32_t e = 0; e < matrix->inner_count; ++e, ++column) {
          const KoalaBear* from = group + e * matrix->inner_stride;
          KoalaBear* to = staged + uint64_t{column} * kRow;
          next[column] = from + kRow;
          for (int g = 0; g < kGroups; ++g) {
            store_lanes(to + g * kLaneCount<V>, load_lanes<V>(from + g * kLaneCount<V>));
          }
        }
      }
    }
  }
};

/// Writes neighbouring digests.
HOST_DEVICE void store_words(uint32_t* p, uint32_t x) { *p = x; }
template <class W>
HOST_DEVICE void store_words(uint32_t* p, const W& x) {
  x.store(p);
}

/// Digests of all nodes of level `depth`, or of those from `first` on.
struct HashSubtrees {
  static constexpr uint64_t kGrain = 64;

  SubtreeRows rows;
  uint32_t depth;
  uint32_t* out;      // the whole level
  uint64_t out_size;  // nodes of the level: words of a digest are that far apart
  uint64_t first;
  uint64_t count;  // all in one half, or the whole level

  template <class V>
  HOST_DEVICE void operator()(uint64_t i) const {
    WordsOf<V> digest[1][kDigestWords];
    rows.hash_subtree<V, 1>(depth, DirectReader<V, NeighbourRows<V>>{place<V>(first + i)}, digest);
    write<V>(first + i, digest[0]);
  }

  /// kBlockGroups vectors of neighbours at a time: what a CPU does (kernels/cpu_loop.hpp).
  static constexpr int kBlockGroups = 4;
  template <class V>
  HOST_DEVICE void run_block(uint64_t i) const {
    using Reader = StagedReader<V, kBlockGroups>;
    alignas(64) KoalaBear staged[Reader::kMaxWidth * Reader::kRow];
    const KoalaBear* next[Reader::kMaxWidth];
    WordsOf<V> digest[kBlockGroups][kDigestWords];
    rows.hash_subtree<V, kBlockGroups>(depth, Reader{place<V>(first + i), staged, next}, digest);
    for (int g = 0; g < kBlockGroups; ++g) write<V>(first + i + g * kLaneCount<V>, digest[g]);
  }

 private:
  template <class V>
  HOST_DEVICE NeighbourRows<V> place(uint64_t node) const {
    const uint32_t log_nodes = rows.log_height - depth;
    return {node >> log_nodes, node & ((uint64_t{1} << log_nodes) - 1)};
  }
  template <class V>
  HOST_DEVICE void write(uint64_t node, const WordsOf<V> (&digest)[kDigestWords]) const {
    for (int w = 0; w < kDigestWords; ++w) store_words(out + w * out_size + node, digest[w]);
  }
};

/// Digests of chosen nodes of level `depth`, computed again from the rows: for openings, below the
/// levels that are kept.
struct HashChosenSubtrees {
  static constexpr uint64_t kGrain = 64;

  SubtreeRows rows;
  uint32_t depth;
  const uint32_t* nodes;  // places in the level
  uint32_t* out;          // words of a digest are `count` apart
  uint64_t count;

  template <class V>
  HOST_DEVICE void operator()(uint64_t i) const {
    const uint32_t log_nodes = rows.log_height - depth;
    ScatteredRows<V> place;
    for (int k = 0; k < kLaneCount<V>; ++k) {
      place.half[k] = nodes[i + k] >> log_nodes;
      place.row[k] = nodes[i + k] & ((uint32_t{1} << log_nodes) - 1);
    }
    WordsOf<V> digest[1][kDigestWords];
    rows.hash_subtree<V, 1>(depth, DirectReader<V, ScatteredRows<V>>{place}, digest);
    for (int w = 0; w < kDigestWords; ++w) store_words(out + w * count + i, digest[0][w]);
  }
};

/// Words of neighbouring digests.
template <class W>
HOST_DEVICE W load_words(const uint32_t* p) {
  if constexpr (std::is_same_v<W, uint32_t>) {
    return *p;
  } else {
    return W::load(p);
  }
}

/// One level from the one below and, where the tree has matrices of its height, their rows.
struct HashLevel {
  static constexpr uint64_t kGrain = 256;

  Hash hash;
  uint32_t log_nodes;  // 2^log_nodes nodes a half in this level
  const uint32_t* below;
  uint32_t* out;
  MatrixList matrices;  // of this height; none if count is 0
  uint32_t width;
  uint64_t first;
  uint64_t count;  // all in one half, or the whole level

  template <class V>
  HOST_DEVICE void operator()(uint64_t i) const {
    using W = WordsOf<V>;
    const uint64_t nodes = uint64_t{1} << log_nodes;
    const uint64_t node = first + i;
    const NeighbourRows<V> place{node >> log_nodes, node & (nodes - 1)};
    const uint32_t* left = below + 2 * nodes * place.half + place.row;
    W l[kDigestWords], r[kDigestWords], digest[kDigestWords];
    for (int w = 0; w < kDigestWords; ++w) {
      l[w] = load_words<W>(left + w * 4 * nodes);
      r[w] = load_words<W>(left + w * 4 * nodes + nodes);
    }
    hash_pair_lanes<V>(hash, l, r, digest);
    if (matrices.count != 0) {
      RowSource<V, NeighbourRows<V>> source(matrices.item, place);
      hash_row_lanes<V>(hash, source, width, r);
      for (int w = 0; w < kDigestWords; ++w) l[w] = digest[w];
      hash_pair_lanes<V>(hash, l, r, digest);
    }
    for (int w = 0; w < kDigestWords; ++w) store_words(out + w * 2 * nodes + node, digest[w]);
  }
};

}  // namespace cairn
