#include "stark/verifier/merkle.hpp"

#include <algorithm>

namespace cairn {
namespace {

/// Nodes of one level of the tree that are known, by ascending flat position.
struct KnownNodes {
  std::vector<uint32_t> position;
  std::vector<Digest> digest;
};

/// Hands out the siblings of an opening one after another.
class Siblings {
 public:
  explicit Siblings(const std::vector<Digest>& digests) : digests_(digests) {}
  Digest next() {
    if (used_ == digests_.size()) {
      missing_ = true;
      return {};
    }
    return digests_[used_++];
  }
  bool all_used() const { return !missing_ && used_ == digests_.size(); }

 private:
  const std::vector<Digest>& digests_;
  size_t used_ = 0;
  bool missing_ = false;
};

/// From a level with 2^log_size nodes a half to the one above: node q and q + M/2 have one parent.
KnownNodes climb(Hash hash, const KnownNodes& below, int log_size, Siblings& siblings) {
  const uint32_t partner_bit = 1u << (log_size - 1);
  // First pass: the siblings are listed by ascending position of the node that needs them.
  std::vector<Digest> partner(below.position.size());
  for (size_t i = 0; i < below.position.size(); ++i) {
    const auto found = std::lower_bound(below.position.begin(), below.position.end(),
                                        below.position[i] ^ partner_bit);
    const bool known = found != below.position.end() && *found == (below.position[i] ^ partner_bit);
    partner[i] =
        known ? below.digest[static_cast<size_t>(found - below.position.begin())] : siblings.next();
  }
  std::vector<std::pair<uint32_t, Digest>> parents;
  for (size_t i = 0; i < below.position.size(); ++i) {
    const Position p = Position::of(below.position[i], log_size);
    const bool upper = (p.index & partner_bit) != 0;
    const uint32_t parent = p.lowered(log_size - 1).flat(log_size - 1);
    parents.emplace_back(parent, upper ? hash_pair(hash, partner[i], below.digest[i])
                                       : hash_pair(hash, below.digest[i], partner[i]));
  }
  std::stable_sort(parents.begin(), parents.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  KnownNodes above;
  for (const auto& [position, digest] : parents) {
    if (!above.position.empty() && above.position.back() == position)
      continue;  // both children known
    above.position.push_back(position);
    above.digest.push_back(digest);
  }
  return above;
}

}  // namespace

bool opening_is_valid(Hash hash, const Digest& root, std::span<const TreeLevel> levels,
                      std::span<const uint32_t> positions, const TreeOpening& opening) {
  if (opening.rows.size() != levels.size() || positions.empty()) return false;
  const int log_tallest = levels[0].log_height;
  Siblings siblings(opening.siblings);
  KnownNodes nodes;
  size_t level = 0;
  for (int log_size = log_tallest; log_size >= 0; --log_size) {
    if (log_size < log_tallest) nodes = climb(hash, nodes, log_size + 1, siblings);
    if (level == levels.size() || levels[level].log_height != log_size) continue;
    if (level == 0) {
      nodes.position.assign(positions.begin(), positions.end());
      nodes.digest.resize(positions.size());
    }
    const size_t width = levels[level].width;
    const std::vector<KoalaBear>& rows = opening.rows[level];
    if (rows.size() != nodes.position.size() * width) return false;
    for (size_t i = 0; i < nodes.position.size(); ++i) {
      const Digest row = hash_elements(hash, std::span(rows).subspan(i * width, width));
      nodes.digest[i] = level == 0 ? row : hash_pair(hash, nodes.digest[i], row);
    }
    ++level;
  }
  // One node a half is left; position is the half.
  Digest half[2];
  for (uint32_t c = 0, known = 0; c < 2; ++c) {
    const bool have = known < nodes.position.size() && nodes.position[known] == c;
    half[c] = have ? nodes.digest[known] : siblings.next();
    if (have) ++known;
  }
  return level == levels.size() && siblings.all_used() && hash_pair(hash, half[0], half[1]) == root;
}

}  // namespace cairn
