#include "core/fact.hpp"

#include <string>
#include <vector>

#include "core/error.hpp"

namespace cairn {
namespace {

/// 32-byte big-endian words, one after the other.
class Words {
 public:
  void add(const Felt& x) {
    for (int i = 3; i >= 0; --i) {
      for (int shift = 56; shift >= 0; shift -= 8) {
        bytes_.push_back(static_cast<std::byte>(x.word[i] >> shift));
      }
    }
  }
  void add(const Keccak256& x) {
    for (const uint8_t byte : x) bytes_.push_back(static_cast<std::byte>(byte));
  }
  Keccak256 hash() const { return keccak256(bytes_); }

 private:
  std::vector<std::byte> bytes_;
};

struct Node {
  Keccak256 hash;
  uint64_t end;
};

Keccak256 plus_one(Keccak256 x) {
  for (size_t i = x.size(); i-- > 0;) {
    if (++x[i] != 0) break;
  }
  return x;
}

Node join(std::span<const Node> children) {
  Words words;
  for (const Node& child : children) {
    words.add(child.hash);
    words.add(Felt{{child.end, 0, 0, 0}});
  }
  return {plus_one(words.hash()), children.back().end};
}

[[noreturn]] void refuse(const std::string& sentence) {
  throw Error(Code::kBadInput, "fact topology: " + sentence);
}

std::vector<Node> hash_pages(std::span<const Felt> output, std::span<const uint32_t> page_sizes) {
  std::vector<Node> pages;
  uint64_t end = 0;
  for (const uint32_t size : page_sizes) {
    if (size > output.size() - end) {
      refuse("pages end after the output of " + std::to_string(output.size()) + " words");
    }
    Words words;
    for (const Felt& x : output.subspan(end, size)) words.add(x);
    end += size;
    pages.push_back({words.hash(), end});
  }
  if (end != output.size()) {
    refuse("pages hold " + std::to_string(end) + " of " + std::to_string(output.size()) + " words");
  }
  return pages;
}

}  // namespace

Keccak256 gps_fact(const Felt& program_hash, std::span<const Felt> output,
                   std::span<const uint32_t> page_sizes, std::span<const uint32_t> topology) {
  if (topology.size() % 2 != 0) refuse("an odd number of entries");
  const std::vector<Node> pages = hash_pages(output, page_sizes);
  size_t next_page = 0;
  std::vector<Node> stack;
  for (size_t i = 0; i < topology.size(); i += 2) {
    const uint32_t page_count = topology[i], node_count = topology[i + 1];
    if (page_count > pages.size() - next_page) {
      refuse("takes more than the " + std::to_string(pages.size()) + " pages");
    }
    for (uint32_t k = 0; k < page_count; ++k) stack.push_back(pages[next_page++]);
    if (node_count == 0) continue;
    if (node_count > stack.size()) {
      refuse("joins " + std::to_string(node_count) + " nodes of " + std::to_string(stack.size()));
    }
    const Node joined = join(std::span(stack).last(node_count));
    stack.resize(stack.size() - node_count);
    stack.push_back(joined);
  }
  if (next_page != pages.size()) {
    refuse("leaves " + std::to_string(pages.size() - next_page) + " pages out");
  }
  if (stack.size() != 1) refuse("ends with " + std::to_string(stack.size()) + " nodes, not one");
  Words words;
  words.add(program_hash);
  words.add(stack.front().hash);
  return words.hash();
}

}  // namespace cairn
