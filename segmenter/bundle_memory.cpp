#include "segmenter/bundle_memory.hpp"

#include <algorithm>
#include <functional>
#include <map>

#include "segmenter/chip_facts.hpp"

namespace cairn {
namespace {

constexpr uint64_t kElement = 4;
constexpr uint64_t kDegree = 5;
constexpr uint64_t kQuotientColumns = 2 * kDegree;

/// The columns of one height.
struct Columns {
  uint64_t rows = 0;
  uint64_t main = 0, helper = 0, fixed = 0;

  uint64_t trace(uint64_t columns) const { return kElement * columns * rows; }
  uint64_t extended(uint64_t columns) const { return 2 * trace(columns); }
};

/// Tallest first.
using Heights = std::map<uint32_t, Columns, std::greater<>>;

Heights heights_of(std::span<const PartSize> bundle) {
  Heights heights;
  for (const PartSize& part : bundle) {
    const ChipFacts& facts = kChipFacts[part.chip];
    Columns& columns = heights[part.log_height];
    columns.rows = uint64_t{1} << part.log_height;
    columns.main += facts.columns;
    columns.helper += facts.cells - facts.columns;
    columns.fixed += facts.fixed;
  }
  return heights;
}

/// The levels of a tree that are stored, from the second on (kernels/merkle.hpp).
uint64_t tree_bytes(uint64_t rows) { return 32 * 2 * (2 * rows / 4); }

}  // namespace

uint64_t kept_bytes(std::span<const PartSize> bundle) {
  const Heights heights = heights_of(bundle);
  if (heights.empty()) return 0;
  uint64_t bytes = tree_bytes(heights.begin()->second.rows);
  for (const auto& [log_height, h] : heights) bytes += h.trace(h.main) + h.extended(h.main);
  return bytes;
}

uint64_t proving_bytes(std::span<const PartSize> bundle, bool kept) {
  const Heights heights = heights_of(bundle);
  if (heights.empty()) return 0;
  const uint64_t tallest = heights.begin()->second.rows;
  uint64_t peak = 0;
  uint64_t standing = kept ? kept_bytes(bundle) : 0;
  const auto reach = [&](uint64_t more) { peak = std::max(peak, standing + more); };

  // Traces, helper columns, extensions.
  for (const auto& [log_height, h] : heights) {
    const uint64_t main = kept ? 0 : h.extended(h.main);
    reach(h.trace(h.fixed + h.helper) + (kept ? 0 : h.trace(h.main)) + main);
    standing += main;
    if (kept) standing -= h.trace(h.main);
    reach(h.trace(h.fixed + h.helper) + h.extended(h.helper));
    standing += h.extended(h.helper);
    reach(h.trace(h.fixed) + h.extended(h.fixed));
    standing += h.extended(h.fixed);
  }
  standing += (kept ? 1 : 2) * tree_bytes(tallest);

  // Quotients: an accumulator, three selectors, the chunks extended.
  uint64_t fixed = 0;
  for (const auto& [log_height, h] : heights) {
    standing += h.extended(1);  // points
    reach(h.extended(kDegree + 3));
    reach(h.extended(kDegree + kQuotientColumns));
    standing += h.extended(kQuotientColumns);
    fixed += h.extended(h.fixed);
  }
  standing += tree_bytes(tallest);
  standing -= fixed;

  // Openings: weights; then the codeword, and beside it a lower one, sums of half a domain,
  // inverses.
  for (const auto& [log_height, h] : heights) {
    reach(h.trace(kDegree + 1));
    const bool lower = h.rows != tallest;
    reach(2 * kElement * kDegree * tallest + (lower ? h.extended(kDegree) : 0) +
          h.trace(kDegree + 2));
  }
  // Layers of the low-degree test: an eighth each of the one before.
  reach(2 * kElement * kDegree * tallest * 8 / 7);
  return peak;
}

uint64_t table_bytes(uint32_t log_height) {
  // Twiddles of interpolation and of the two halves' evaluation; two more for the quotient chunks.
  return kElement * (uint64_t{5} << log_height);
}

}  // namespace cairn
