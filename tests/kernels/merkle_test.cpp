#include "kernels/merkle.hpp"

#include <algorithm>
#include <map>

#include "backends.hpp"

namespace cairn::test {
namespace {

/// The tree by its definition, on the host.
class NaiveTree {
 public:
  NaiveTree(Hash hash, const std::vector<Matrix>& matrices) : hash_(hash), matrices_(matrices) {
    uint32_t log_height = 0;
    for (const Matrix& m : matrices) log_height = std::max(log_height, m.log_height);
    std::vector<Digest> nodes = row_digests(log_height);
    levels.push_back(nodes);
    for (uint32_t log_nodes = log_height; log_nodes-- > 0;) {
      const std::vector<Digest> rows = row_digests(log_nodes);
      const size_t half = size_t{1} << log_nodes;
      std::vector<Digest> above(2 * half);
      for (size_t p = 0; p < 2 * half; ++p) {
        const size_t c = p / half, q = p % half;
        above[p] = hash_pair(hash, nodes[2 * c * half + q], nodes[2 * c * half + half + q]);
        if (!rows.empty()) above[p] = hash_pair(hash, above[p], rows[p]);
      }
      nodes = above;
      levels.push_back(nodes);
    }
    root = hash_pair(hash, nodes[0], nodes[1]);
  }

  std::vector<KoalaBear> row(uint32_t log_height, size_t place) const {
    const size_t c = place >> log_height, i = place & ((size_t{1} << log_height) - 1);
    std::vector<KoalaBear> row;
    for (const Matrix& m : matrices_) {
      if (m.log_height != log_height) continue;
      for (uint32_t j = 0; j < m.outer_count; ++j) {
        for (uint32_t e = 0; e < m.inner_count; ++e) {
          row.push_back(m.data[j * m.outer_stride + e * m.inner_stride + c * m.half_stride + i]);
        }
      }
    }
    return row;
  }

  std::vector<std::vector<Digest>> levels;  // from the leaves up
  Digest root;

 private:
  std::vector<Digest> row_digests(uint32_t log_height) const {
    std::vector<Digest> digests;
    for (size_t p = 0; p < size_t{2} << log_height; ++p) {
      const std::vector<KoalaBear> elements = row(log_height, p);
      if (elements.empty()) return {};
      digests.push_back(hash_elements(hash_, elements));
    }
    return digests;
  }

  Hash hash_;
  std::vector<Matrix> matrices_;
};

struct Shape {
  uint32_t log_height;
  uint32_t columns;
};

class Merkle : public BackendTest {
 protected:
  /// Extended columns of the shapes, on the host and in the backend.
  void make(const std::vector<Shape>& shapes) {
    host_.clear();
    device_.clear();
    for (const Shape& shape : shapes) {
      host_.push_back(random_elements(size_t{shape.columns} << (shape.log_height + 1),
                                      static_cast<uint32_t>(host_.size()) + 5));
      device_.push_back(upload(host_.back()));
    }
    for (size_t k = 0; k < shapes.size(); ++k) {
      const uint64_t height = uint64_t{1} << shapes[k].log_height;
      Matrix matrix{host_[k].data(), shapes[k].log_height, shapes[k].columns, 1, 2 * height, 0,
                    height};
      host_matrices_.push_back(matrix);
      matrix.data = device_[k].data();
      matrices_.push_back(matrix);
    }
  }
  void clear() {
    host_matrices_.clear();
    matrices_.clear();
  }

  void compare(Hash hash, const std::vector<uint32_t>& places) {
    const NaiveTree naive(hash, host_matrices_);
    const MerkleTree tree(backend(), hash, matrices_);
    ASSERT_EQ(tree.root().hex(), naive.root.hex());
    const MerkleOpening opening = tree.open(places);

    std::vector<std::vector<KoalaBear>> rows;
    std::vector<Digest> siblings;
    std::vector<uint32_t> known = places;
    for (uint32_t level = 0; level < naive.levels.size(); ++level) {
      const uint32_t log_nodes = tree.log_height() - level;
      std::vector<KoalaBear> here;
      for (const uint32_t p : known) {
        const auto row = naive.row(log_nodes, p);
        here.insert(here.end(), row.begin(), row.end());
      }
      if (!here.empty()) rows.push_back(here);
      std::map<uint32_t, bool> parents;
      for (const uint32_t p : known) {
        const uint32_t c = p >> log_nodes, q = p & ((1u << log_nodes) - 1);
        const uint32_t half = log_nodes == 0 ? 0 : 1u << (log_nodes - 1);
        const uint32_t sibling = log_nodes == 0 ? 1 - c : (c << log_nodes) + (q ^ half);
        if (std::find(known.begin(), known.end(), sibling) == known.end()) {
          siblings.push_back(naive.levels[level][sibling]);
        }
        if (log_nodes > 0) parents[c * half + q % half] = true;
      }
      known.clear();
      for (const auto& [p, seen] : parents) known.push_back(p);
    }
    ASSERT_EQ(opening.rows.size(), rows.size());
    for (size_t k = 0; k < rows.size(); ++k) ASSERT_TRUE(opening.rows[k] == rows[k]) << k;
    ASSERT_EQ(opening.siblings.size(), siblings.size());
    for (size_t k = 0; k < siblings.size(); ++k) {
      ASSERT_EQ(opening.siblings[k].hex(), siblings[k].hex()) << k;
    }
  }

  std::vector<Matrix> host_matrices_, matrices_;

 private:
  std::vector<std::vector<KoalaBear>> host_;
  std::vector<Buffer<KoalaBear>> device_;
};

TEST_P(Merkle, AgreesWithTheDefinitionAtEveryHeight) {
  for (const Hash hash : {Hash::kBlake3, Hash::kPoseidon}) {
    for (uint32_t log_height = 0; log_height <= 9; ++log_height) {
      clear();
      make({{log_height, 3}});
      compare(hash, {0, (2u << log_height) - 1});
    }
  }
}

TEST_P(Merkle, TakesInLowerMatrices) {
  for (const Hash hash : {Hash::kBlake3, Hash::kPoseidon}) {
    clear();
    make({{7, 2}, {10, 5}, {9, 1}, {7, 3}, {10, 17}, {6, 40}, {5, 1}});
    compare(hash, {0, 1, 5, 17, 511, 512, 1023, 1024, 1500, 2047});
  }
}

TEST_P(Merkle, HashesRowsOfAnyWidth) {
  for (const uint32_t columns : {1u, 7u, 8u, 15u, 16u, 17u, 133u, 256u, 257u, 300u, 1030u}) {
    clear();
    make({{6, columns}});
    compare(Hash::kBlake3, {3, 64, 100});
  }
}

TEST_P(Merkle, OpensEveryLeaf) {
  make({{8, 2}, {6, 1}});
  std::vector<uint32_t> all(512);
  for (uint32_t p = 0; p < 512; ++p) all[p] = p;
  compare(Hash::kBlake3, all);
}

/// A layer of the low-degree test: five columns of a codeword, rows of `arity` values of E.
TEST_P(Merkle, ReadsGroupsOfExtensionElements) {
  const uint32_t log_half = 10, log_arity = 3;
  const uint64_t half = uint64_t{1} << log_half, rows = half >> log_arity;
  const auto host = random_elements(5 * 2 * half);
  const auto device = upload(host);
  Matrix matrix{host.data(), log_half - log_arity, 1u << log_arity, 5, rows, 2 * half, half};
  host_matrices_ = {matrix};
  matrix.data = device.data();
  matrices_ = {matrix};

  compare(Hash::kBlake3, {0, 7, 130, 255});
  compare(Hash::kPoseidon, {12});
}

TEST_P(Merkle, KeepsAsManyLevelsAsAsked) {
  make({{9, 4}, {8, 3}, {7, 2}});
  const MerkleTree oracle(backend(), Hash::kBlake3, matrices_, 0);
  const std::vector<uint32_t> places = {4, 100, 511, 700};
  for (uint32_t keep_from = 1; keep_from <= 5; ++keep_from) {
    const MerkleTree tree(backend(), Hash::kBlake3, matrices_, keep_from);

    EXPECT_EQ(tree.root(), oracle.root());
    EXPECT_EQ(tree.open(places).siblings, oracle.open(places).siblings);
  }
}

CAIRN_ON_EVERY_BACKEND(Merkle);

}  // namespace
}  // namespace cairn::test
