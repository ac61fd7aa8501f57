#include "aggregator/tree.hpp"

#include <bit>
#include <set>

#include <gtest/gtest.h>

#include "core/error.hpp"

namespace cairn {
namespace {

TEST(Tree, SplitsAtTheLargestPowerOfTwoBelow) {
  for (uint32_t count = 2; count < 70; ++count) {
    const Span left = left_child({5, count});
    const Span right = right_child({5, count});

    EXPECT_EQ(left.first, 5u);
    EXPECT_TRUE(std::has_single_bit(left.count));
    EXPECT_LT(left.count, count);
    EXPECT_GE(2 * left.count, count);
    EXPECT_EQ(right.first, left.end());
    EXPECT_EQ(right.end(), 5 + count);
  }
}

TEST(Tree, HasOneMergeFewerThanLeavesAndEachNodeOnce) {
  for (const uint32_t leaves : {1u, 2u, 3u, 5u, 8u, 13u, 64u, 100u}) {
    std::set<Span> finished;
    for (uint32_t i = 0; i < leaves; ++i) finished.insert({i, 1});

    const std::vector<Span> order = merges(leaves);

    ASSERT_EQ(order.size(), leaves - 1);
    for (const Span node : order) {
      EXPECT_EQ(finished.erase(left_child(node)), 1u);
      EXPECT_EQ(finished.erase(right_child(node)), 1u);
      finished.insert(node);
    }
    EXPECT_EQ(finished, (std::set<Span>{{0, leaves}}));
  }
}

TEST(Tree, FindsTheParentOfEachNode) {
  for (const uint32_t leaves : {2u, 3u, 7u, 8u, 21u}) {
    for (const Span node : merges(leaves)) {
      EXPECT_EQ(parent(leaves, left_child(node)), node);
      EXPECT_EQ(parent(leaves, right_child(node)), node);
    }
  }
}

TEST(Tree, KnowsWhatIsNoNode) {
  EXPECT_TRUE(is_node(5, {0, 5}));
  EXPECT_TRUE(is_node(5, {0, 4}));
  EXPECT_TRUE(is_node(5, {4, 1}));
  EXPECT_FALSE(is_node(5, {1, 2}));
  EXPECT_FALSE(is_node(5, {3, 2}));
  EXPECT_FALSE(is_node(5, {0, 0}));
  EXPECT_FALSE(is_node(5, {0, 6}));
  EXPECT_FALSE(is_node(5, {5, 1}));
  EXPECT_FALSE(is_node(5, {4, UINT32_MAX}));
  EXPECT_THROW(parent(5, {0, 5}), Error);
  EXPECT_THROW(left_child({3, 1}), Error);
}

}  // namespace
}  // namespace cairn
