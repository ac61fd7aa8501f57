#include "kernels/merkle.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "kernels/gather.hpp"
#include "kernels/merkle_hash.hpp"

namespace cairn {
namespace {

/// Levels with fewer nodes a half are hashed half by half: a vector's lanes must not span both.
constexpr uint32_t kLogNarrow = 6;

/// Places of the parents, in a level with 2^log_nodes nodes a half, of sorted places of the level
/// below.
std::vector<uint32_t> parents_of(const std::vector<uint32_t>& places, uint32_t log_nodes) {
  std::vector<uint32_t> parents;
  parents.reserve(places.size());
  for (const uint32_t place : places) {
    const uint32_t half = place >> (log_nodes + 1);
    parents.push_back((half << log_nodes) | (place & ((1u << log_nodes) - 1)));
  }
  std::sort(parents.begin(), parents.end());
  parents.erase(std::unique(parents.begin(), parents.end()), parents.end());
  return parents;
}

/// Places of those siblings that are not among the sorted `places`, by ascending place of the node
/// that needs them. The sibling of (c, q) is (c, q with `partner_bit` flipped).
std::vector<uint32_t> missing_siblings(const std::vector<uint32_t>& places, uint32_t partner_bit) {
  std::vector<uint32_t> missing;
  for (const uint32_t place : places) {
    const uint32_t sibling = place ^ partner_bit;
    if (!std::binary_search(places.begin(), places.end(), sibling)) missing.push_back(sibling);
  }
  return missing;
}

/// Words of digests, `count` apart, as digests.
std::vector<Digest> digests_of(const std::vector<uint32_t>& words, size_t count) {
  std::vector<Digest> digests(count);
  for (size_t i = 0; i < count; ++i) {
    for (int w = 0; w < kDigestWords; ++w) digests[i].word[w] = words[w * count + i];
  }
  return digests;
}

}  // namespace

MerkleTree::MerkleTree(Backend& backend, Hash hash, const std::vector<Matrix>& matrices,
                       uint32_t keep_from)
    : backend_(&backend), hash_(hash) {
  std::vector<Matrix> sorted;
  for (const Matrix& matrix : matrices) {
    if (matrix.width() != 0) sorted.push_back(matrix);
  }
  check(!sorted.empty(), "a Merkle tree has at least one column");
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Matrix& a, const Matrix& b) { return a.log_height > b.log_height; });
  log_height_ = sorted[0].log_height;
  for (const Matrix& matrix : sorted) {
    const uint32_t level = log_height_ - matrix.log_height;
    if (heights_.empty() || heights_.back().level != level) heights_.push_back({level, 0, {}});
    Height& height = heights_.back();
    check(height.matrices.count < kMaxMatrices, "a height has at most kMaxMatrices matrices");
    height.matrices.item[height.matrices.count++] = matrix;
    height.width += static_cast<uint32_t>(matrix.width());
  }
  const uint32_t spare = log_height_ > kLogNarrow ? log_height_ - kLogNarrow : 0;
  keep_from_ = std::min({keep_from, spare, kMaxSubtreeDepth});
  build();
}

const MerkleTree::Height* MerkleTree::at_level(uint32_t level) const {
  for (const Height& height : heights_) {
    if (height.level == level) return &height;
  }
  return nullptr;
}

/// Runs a kernel over the nodes of a level, of 2^log_nodes a half.
template <class Kernel>
void MerkleTree::run_level(Kernel kernel, uint32_t log_nodes) {
  const uint64_t nodes = uint64_t{1} << log_nodes;
  const bool narrow = log_nodes < kLogNarrow;
  kernel.count = narrow ? nodes : 2 * nodes;
  for (kernel.first = 0; kernel.first < 2 * nodes; kernel.first += kernel.count) {
    backend_->run(kernel);
  }
}

namespace {

SubtreeRows subtree_rows(Hash hash, uint32_t log_height, uint32_t depth, const auto& heights) {
  SubtreeRows rows{};
  rows.hash = hash;
  rows.log_height = log_height;
  for (uint32_t level = 0; level <= kMaxSubtreeDepth; ++level) {
    rows.begin[level] = rows.matrices.count;
    for (const auto& height : heights) {
      if (height.level != level || level > depth) continue;
      rows.width[level] = height.width;
      for (uint32_t i = 0; i < height.matrices.count; ++i) {
        check(rows.matrices.count < kMaxMatrices, "the lowest levels have at most kMaxMatrices");
        rows.matrices.item[rows.matrices.count++] = height.matrices.item[i];
      }
    }
  }
  rows.begin[kMaxSubtreeDepth + 1] = rows.matrices.count;
  return rows;
}

}  // namespace

void MerkleTree::build() {
  for (uint32_t level = keep_from_; level <= log_height_; ++level) {
    const uint32_t log_nodes = log_height_ - level;
    const uint64_t size = uint64_t{2} << log_nodes;
    Buffer<uint32_t> nodes(*backend_, size * kDigestWords);
    if (level == keep_from_) {
      run_level(HashSubtrees{subtree_rows(hash_, log_height_, level, heights_), level, nodes.data(),
                             size, 0, 0},
                log_nodes);
    } else {
      HashLevel kernel{hash_, log_nodes, levels_.back().data(), nodes.data(), {}, 0, 0, 0};
      if (const Height* height = at_level(level)) {
        kernel.matrices = height->matrices;
        kernel.width = height->width;
      }
      run_level(kernel, log_nodes);
    }
    levels_.push_back(std::move(nodes));
  }
  const std::vector<Digest> halves = digests_of(levels_.back().to_host(), 2);
  root_ = hash_pair(hash_, halves[0], halves[1]);
}

std::vector<KoalaBear> MerkleTree::gather(const MatrixList& matrices, uint32_t width,
                                          const std::vector<uint32_t>& places) const {
  const auto at = Buffer<uint32_t>::from_host(*backend_, places);
  Buffer<KoalaBear> rows(*backend_, places.size() * width);
  backend_->run(Gather{matrices, width, at.data(), rows.data(), rows.size()});
  return rows.to_host();
}

std::vector<Digest> MerkleTree::digests(uint32_t level, const std::vector<uint32_t>& places) const {
  if (places.empty()) return {};
  const auto at = Buffer<uint32_t>::from_host(*backend_, places);
  Buffer<uint32_t> words(*backend_, places.size() * kDigestWords);
  if (level < keep_from_) {
    backend_->run(HashChosenSubtrees{subtree_rows(hash_, log_height_, level, heights_), level,
                                     at.data(), words.data(), places.size()});
  } else {
    backend_->run(GatherWords{levels_[level - keep_from_].data(),
                              uint64_t{2} << (log_height_ - level), at.data(), words.data(),
                              places.size()});
  }
  return digests_of(words.to_host(), places.size());
}

MerkleOpening MerkleTree::open(const std::vector<uint32_t>& places) const {
  check(!places.empty() && places.back() < uint64_t{2} << log_height_,
        "a tree is opened at places that it has");
  check(std::adjacent_find(places.begin(), places.end(), std::greater_equal<>()) == places.end(),
        "places to open are sorted and distinct");
  MerkleOpening opening;
  std::vector<uint32_t> known = places;
  for (uint32_t level = 0;; ++level) {
    const uint32_t log_nodes = log_height_ - level;
    if (const Height* height = at_level(level)) {
      opening.rows.push_back(gather(height->matrices, height->width, known));
    }
    // At the top the two halves are each other's siblings.
    const uint32_t partner_bit = log_nodes > 0 ? 1u << (log_nodes - 1) : 1;
    const std::vector<Digest> siblings = digests(level, missing_siblings(known, partner_bit));
    opening.siblings.insert(opening.siblings.end(), siblings.begin(), siblings.end());
    if (log_nodes == 0) return opening;
    known = parents_of(known, log_nodes - 1);
  }
}

}  // namespace cairn
