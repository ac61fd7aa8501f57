#include "aggregator/node.hpp"

#include <map>

#include <gtest/gtest.h>

#include "stark/protocol/record.hpp"

namespace cairn {
namespace {

std::vector<std::byte> segment_bytes(uint32_t index) {
  return std::vector<std::byte>(10 + index, static_cast<std::byte>(index));
}

Node fold_all(Hash hash, uint32_t leaves) {
  std::map<Span, Node> nodes;
  for (uint32_t i = 0; i < leaves; ++i) {
    nodes[{i, 1}] = make_leaf(hash, i, KoalaBear5(int64_t{i} + 1), segment_bytes(i));
  }
  for (const Span span : merges(leaves)) {
    nodes[span] = merge(hash, leaves, nodes[left_child(span)], nodes[right_child(span)]);
  }
  return nodes[{0, leaves}];
}

TEST(Node, FoldsToTheTreeRootOfTheSegmentDigests) {
  for (const Hash hash : {Hash::kBlake3, Hash::kPoseidon}) {
    for (const uint32_t leaves : {1u, 2u, 3u, 6u, 9u}) {
      std::vector<Digest> digests;
      for (uint32_t i = 0; i < leaves; ++i) digests.push_back(hash_bytes(hash, segment_bytes(i)));

      const Node root = fold_all(hash, leaves);

      EXPECT_EQ(root.digest, tree_root(hash, digests));
      EXPECT_EQ(root.digest, node_digest(hash, root.span, root.segments));
      EXPECT_TRUE(root.sum == KoalaBear5(int64_t{leaves} * (leaves + 1) / 2));
      for (uint32_t i = 0; i < leaves; ++i) EXPECT_EQ(root.segments[i], segment_bytes(i));
    }
  }
}

TEST(Node, RefusesToMergeWhatIsNoPairOfSiblings) {
  const auto leaf = [](uint32_t i) {
    return make_leaf(Hash::kBlake3, i, KoalaBear5(0), segment_bytes(i));
  };

  EXPECT_NO_THROW(merge(Hash::kBlake3, 4, leaf(0), leaf(1)));
  EXPECT_THROW(merge(Hash::kBlake3, 4, leaf(1), leaf(2)), Error);
  EXPECT_THROW(merge(Hash::kBlake3, 4, leaf(1), leaf(0)), Error);
  EXPECT_THROW(merge(Hash::kBlake3, 4, leaf(0), leaf(2)), Error);
}

TEST(Node, SurvivesItsOwnBytesAndNoOthers) {
  const Node node = fold_all(Hash::kBlake3, 3);
  ByteWriter out;
  write(out, node);

  ByteReader in(out.bytes());
  const Node copy = read_node(in, Hash::kBlake3);

  in.finish();
  EXPECT_EQ(copy.span, node.span);
  EXPECT_EQ(copy.digest, node.digest);
  EXPECT_EQ(copy.segments, node.segments);
  for (size_t size = 0; size < out.bytes().size(); ++size) {
    ByteReader cut(std::span(out.bytes()).first(size));
    EXPECT_THROW(read_node(cut, Hash::kBlake3), Error);
  }
}

}  // namespace
}  // namespace cairn
