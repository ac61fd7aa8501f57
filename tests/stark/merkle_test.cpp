// The verifier's Merkle check against a tree built from the definition in docs/protocol.md.
#include "stark/verifier/merkle.hpp"

#include <algorithm>
#include <random>
#include <set>

#include <gtest/gtest.h>

namespace cairn {
namespace {

/// A mixed-height tree with every node of every level kept.
struct NaiveTree {
  std::vector<TreeLevel> levels;
  std::vector<std::vector<KoalaBear>> rows;  // per level: 2 N rows one after another
  std::vector<std::vector<Digest>> nodes;    // by log_size, flat positions
  Digest root;

  NaiveTree(Hash hash, std::vector<TreeLevel> shape, uint32_t seed) : levels(std::move(shape)) {
    std::mt19937 random(seed);
    for (const TreeLevel& level : levels) {
      std::vector<KoalaBear> values((size_t{2} << level.log_height) * level.width);
      for (KoalaBear& value : values) value = KoalaBear(static_cast<int64_t>(random()));
      rows.push_back(std::move(values));
    }
    const int log_tallest = levels[0].log_height;
    nodes.resize(static_cast<size_t>(log_tallest) + 1);
    size_t next = 0;
    for (int log_size = log_tallest; log_size >= 0; --log_size) {
      auto& level = nodes[static_cast<size_t>(log_size)];
      const uint32_t size = 1u << log_size;
      for (uint32_t p = 0; p < 2 * size; ++p) {
        const Position at = Position::of(p, log_size);
        Digest node{};
        if (log_size < log_tallest) {
          const auto& below = nodes[static_cast<size_t>(log_size) + 1];
          node = hash_pair(hash, below[at.flat(log_size + 1)],
                           below[Position{at.half, at.index + size}.flat(log_size + 1)]);
        }
        if (next < levels.size() && levels[next].log_height == log_size) {
          const size_t width = levels[next].width;
          const Digest row = hash_elements(hash, std::span(rows[next]).subspan(p * width, width));
          node = next == 0 ? row : hash_pair(hash, node, row);
        }
        level.push_back(node);
      }
      if (next < levels.size() && levels[next].log_height == log_size) ++next;
    }
    root = hash_pair(hash, nodes[0][0], nodes[0][1]);
  }

  TreeOpening open(const std::vector<uint32_t>& positions) const {
    TreeOpening opening;
    const int log_tallest = levels[0].log_height;
    for (size_t i = 0; i < levels.size(); ++i) {
      std::vector<KoalaBear> opened;
      for (const uint32_t p : lowered_positions(positions, log_tallest, levels[i].log_height)) {
        const auto first = rows[i].begin() + static_cast<std::ptrdiff_t>(p * levels[i].width);
        opened.insert(opened.end(), first, first + static_cast<std::ptrdiff_t>(levels[i].width));
      }
      opening.rows.push_back(std::move(opened));
    }
    for (int log_size = log_tallest; log_size > 0; --log_size) {
      const std::vector<uint32_t> known = lowered_positions(positions, log_tallest, log_size);
      const std::set<uint32_t> set(known.begin(), known.end());
      for (const uint32_t p : known) {
        const uint32_t sibling = p ^ (1u << (log_size - 1));
        if (set.count(sibling) == 0) {
          opening.siblings.push_back(nodes[static_cast<size_t>(log_size)][sibling]);
        }
      }
    }
    const std::vector<uint32_t> halves = lowered_positions(positions, log_tallest, 0);
    if (halves.size() == 1) opening.siblings.push_back(nodes[0][1 - halves[0]]);
    return opening;
  }
};

const std::vector<TreeLevel> kShapes[] = {
    {{3, 1}},
    {{6, 5}, {4, 2}, {3, 1}},
    {{7, 3}, {6, 17}},
    {{5, 2}, {0, 3}},
};

class MerkleTest : public testing::TestWithParam<Hash> {};

TEST_P(MerkleTest, AcceptsWhatTheDefinitionGives) {
  uint32_t seed = 1;
  for (const auto& shape : kShapes) {
    const NaiveTree tree(GetParam(), shape, ++seed);
    const uint32_t domain = 2u << shape[0].log_height;
    std::mt19937 random(seed);
    for (const uint32_t count : {1u, 2u, 7u, domain}) {
      std::set<uint32_t> set;
      while (set.size() < std::min(count, domain)) set.insert(random() % domain);
      const std::vector<uint32_t> positions(set.begin(), set.end());

      EXPECT_TRUE(opening_is_valid(GetParam(), tree.root, shape, positions, tree.open(positions)));
    }
  }
}

TEST_P(MerkleTest, RefusesEveryChangedCellAndSibling) {
  const auto& shape = kShapes[1];
  const NaiveTree tree(GetParam(), shape, 9);
  const std::vector<uint32_t> positions{3, 17, 64, 127};
  const TreeOpening good = tree.open(positions);

  for (size_t level = 0; level < good.rows.size(); ++level) {
    for (size_t i = 0; i < good.rows[level].size(); ++i) {
      TreeOpening bad = good;
      bad.rows[level][i] += 1;
      EXPECT_FALSE(opening_is_valid(GetParam(), tree.root, shape, positions, bad));
    }
  }
  for (size_t i = 0; i < good.siblings.size(); ++i) {
    TreeOpening bad = good;
    bad.siblings[i].word[i % 8] ^= 1;
    EXPECT_FALSE(opening_is_valid(GetParam(), tree.root, shape, positions, bad));
  }
}

TEST_P(MerkleTest, RefusesWhatIsMissingOrLeftOver) {
  const auto& shape = kShapes[1];
  const NaiveTree tree(GetParam(), shape, 10);
  const std::vector<uint32_t> positions{0, 5, 90};
  const TreeOpening good = tree.open(positions);

  TreeOpening bad = good;
  bad.siblings.push_back(good.siblings[0]);
  EXPECT_FALSE(opening_is_valid(GetParam(), tree.root, shape, positions, bad));
  bad = good;
  bad.siblings.pop_back();
  EXPECT_FALSE(opening_is_valid(GetParam(), tree.root, shape, positions, bad));
  bad = good;
  bad.rows[1].push_back(KoalaBear(0));
  EXPECT_FALSE(opening_is_valid(GetParam(), tree.root, shape, positions, bad));
  bad = good;
  bad.rows.pop_back();
  EXPECT_FALSE(opening_is_valid(GetParam(), tree.root, shape, positions, bad));
}

TEST_P(MerkleTest, BindsPositions) {
  const auto& shape = kShapes[1];
  const NaiveTree tree(GetParam(), shape, 11);
  const std::vector<uint32_t> positions{1, 2};

  EXPECT_FALSE(opening_is_valid(GetParam(), tree.root, shape, std::vector<uint32_t>{1, 3},
                                tree.open(positions)));
}

INSTANTIATE_TEST_SUITE_P(Hashes, MerkleTest, testing::Values(Hash::kBlake3, Hash::kPoseidon),
                         [](const auto& info) { return std::string(hash_name(info.param)); });

}  // namespace
}  // namespace cairn
