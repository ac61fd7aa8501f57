// The device's lowest levels of a Merkle tree, run on a CPU thread by thread.
#include "kernels/tuned/subtree_tile.hpp"

#include <algorithm>
#include <numeric>

#include "backends.hpp"

namespace cairn::test {
namespace {

template <Hash kHash>
void simulate(const HashSubtrees& kernel) {
  const SubtreeTile<kHash> tile{kernel};
  std::mt19937 random(5);
  std::vector<uint32_t> order(tile.threads()), shared(tile.shared_words(), 0xdeadbeef);
  std::iota(order.begin(), order.end(), 0u);
  for (uint64_t block = 0; block < tile.blocks(); ++block) {
    for (uint32_t phase = 0; phase < tile.phases(); ++phase) {
      std::shuffle(order.begin(), order.end(), random);
      for (const uint32_t thread : order) tile.phase(phase, block, thread, shared.data());
    }
  }
}

/// Matrices of `widths[l]` columns at level l of a tree over 2^log_height rows a half.
struct Tree {
  std::vector<std::vector<KoalaBear>> columns;
  SubtreeRows rows{};

  Tree(Hash hash, uint32_t log_height, const std::vector<uint32_t>& widths) {
    rows.hash = hash;
    rows.log_height = log_height;
    for (uint32_t level = 0; level <= kMaxSubtreeDepth; ++level) {
      rows.begin[level] = rows.matrices.count;
      rows.width[level] = level < widths.size() ? widths[level] : 0;
      if (rows.width[level] == 0) continue;
      const uint64_t height = uint64_t{1} << (log_height - level);
      // Two matrices where there are columns for two: rows run on from one into the other.
      const uint32_t first = (rows.width[level] + 1) / 2;
      for (const uint32_t width : {first, rows.width[level] - first}) {
        if (width == 0) continue;
        columns.push_back(random_elements(2 * height * width, level + width));
        rows.matrices.item[rows.matrices.count++] = {
            columns.back().data(), log_height - level, width, 1, 2 * height, 0, height};
      }
    }
    rows.begin[kMaxSubtreeDepth + 1] = rows.matrices.count;
  }
};

TEST(SubtreeTile, EqualsThePlainKernel) {
  const auto oracle = backend_of("scalar");  // reads the matrices where they are
  for (const Hash hash : {Hash::kBlake3, Hash::kPoseidon}) {
    for (uint32_t depth = 1; depth <= kMaxSubtreeDepth; ++depth) {
      for (const auto& widths : std::vector<std::vector<uint32_t>>{
               {1}, {16}, {21}, {3, 0, 2}, {5, 1, 17, 4, 9}, {257, 0, 0, 0, 1}}) {
        if (widths.size() > depth + 1) continue;
        const uint32_t log_height = 5 + depth;
        const Tree tree(hash, log_height, widths);
        const uint64_t nodes = uint64_t{2} << (log_height - depth);
        std::vector<uint32_t> plain(nodes * kDigestWords, 1), tiled(nodes * kDigestWords, 2);
        HashSubtrees kernel{tree.rows, depth, plain.data(), nodes, 0, nodes};
        oracle->run(kernel);

        kernel.out = tiled.data();
        if (hash == Hash::kBlake3) {
          simulate<Hash::kBlake3>(kernel);
        } else {
          simulate<Hash::kPoseidon>(kernel);
        }

        ASSERT_TRUE(tiled == plain) << "depth " << depth << ", " << widths[0] << " columns";
      }
    }
  }
}

/// Half by half, and where a block is not filled.
TEST(SubtreeTile, KeepsToTheNodesAskedFor) {
  const Tree tree(Hash::kBlake3, 6, {3, 2});
  const uint64_t nodes = 32;
  std::vector<uint32_t> plain(nodes * kDigestWords, 7), tiled(nodes * kDigestWords, 7);
  HashSubtrees kernel{tree.rows, 2, plain.data(), nodes, 16, 9};
  backend_of("scalar")->run(kernel);

  kernel.out = tiled.data();
  simulate<Hash::kBlake3>(kernel);

  EXPECT_TRUE(tiled == plain);
}

}  // namespace
}  // namespace cairn::test
