#include "aggregator/node.hpp"

#include <iterator>
#include <utility>

#include "core/error.hpp"

namespace cairn {

Node make_leaf(Hash hash, uint32_t index, const KoalaBear5& sum, std::vector<std::byte> segment) {
  Node leaf{{index, 1}, hash_bytes(hash, segment), sum, {}};
  leaf.segments.push_back(std::move(segment));
  return leaf;
}

Node merge(Hash hash, uint32_t leaves, Node left, Node right) {
  const Span span{left.span.first, left.span.count + right.span.count};
  check(span.count > left.span.count && is_node(leaves, span) && left_child(span) == left.span &&
            right_child(span) == right.span,
        "nodes that are no siblings in the fold tree");
  Node node{span, hash_pair(hash, left.digest, right.digest), left.sum + right.sum,
            std::move(left.segments)};
  node.segments.insert(node.segments.end(), std::make_move_iterator(right.segments.begin()),
                       std::make_move_iterator(right.segments.end()));
  return node;
}

Digest node_digest(Hash hash, Span span, std::span<const std::vector<std::byte>> segments) {
  check(span.count == segments.size(), "a node holds one proof for each of its segments");
  if (span.leaf()) return hash_bytes(hash, segments[0]);
  const Span left = left_child(span);
  return hash_pair(hash, node_digest(hash, left, segments.first(left.count)),
                   node_digest(hash, right_child(span), segments.subspan(left.count)));
}

void write(ByteWriter& out, const Node& node) {
  out.u32(node.span.first);
  out.digest(node.digest);
  out.extension(node.sum);
  out.count(node.segments.size());
  for (const std::vector<std::byte>& segment : node.segments) {
    out.u64(segment.size());
    out.raw(segment);
  }
}

Node read_node(ByteReader& in, Hash hash) {
  Node node{};
  node.span.first = in.u32();
  node.digest = in.digest(hash);
  node.sum = in.extension();
  node.segments.resize(in.count(sizeof(uint64_t)));
  if (node.segments.empty()) in.fail("a node without segments");
  node.span.count = static_cast<uint32_t>(node.segments.size());
  for (std::vector<std::byte>& segment : node.segments) {
    const std::span<const std::byte> bytes = in.raw(in.u64());
    segment.assign(bytes.begin(), bytes.end());
  }
  return node;
}

}  // namespace cairn
