#include "aggregator/tree.hpp"

#include <bit>

#include "core/error.hpp"

namespace cairn {
namespace {

void append_merges(Span node, std::vector<Span>& out) {
  if (node.leaf()) return;
  append_merges(left_child(node), out);
  append_merges(right_child(node), out);
  out.push_back(node);
}

}  // namespace

Span left_child(Span node) {
  check(node.count > 1, "a leaf has no children");
  return {node.first, std::bit_floor(node.count - 1)};
}

Span right_child(Span node) {
  const Span left = left_child(node);
  return {left.end(), node.count - left.count};
}

Span parent(uint32_t leaves, Span node) {
  Span above{0, leaves};
  while (above.count > node.count) {
    const Span left = left_child(above);
    const Span next = node.first < left.end() ? left : right_child(above);
    if (next == node) return above;
    above = next;
  }
  throw Error(Code::kBug, "bug: the root, or what is no node, has no parent in the fold tree");
}

bool is_node(uint32_t leaves, Span node) {
  if (node.count == 0 || node.first >= leaves || node.count > leaves - node.first) return false;
  Span here{0, leaves};
  while (here.count > node.count) {
    const Span left = left_child(here);
    here = node.first < left.end() ? left : right_child(here);
  }
  return here == node;
}

std::vector<Span> merges(uint32_t leaves) {
  check(leaves > 0, "a fold tree without leaves");
  std::vector<Span> result;
  result.reserve(leaves - 1);
  append_merges({0, leaves}, result);
  return result;
}

}  // namespace cairn
