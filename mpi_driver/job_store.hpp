// What a job's store gives back, decoded and checked against the job's plan.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "aggregator/node.hpp"
#include "aggregator/store.hpp"
#include "stark/protocol/record.hpp"

namespace cairn {

/// The work of earlier runs on a job.
struct EarlierWork {
  std::vector<uint32_t> counts;                       // empty: not there
  std::vector<std::optional<SegmentRecord>> records;  // by segment
  /// By segment; not yet checked against the challenge, which only all records give.
  std::map<uint32_t, std::vector<std::byte>> segments;
};

/// Reads what is there. Damaged files are named and left out. `count_size`: numbers of the counts.
EarlierWork load_work(const Store& store, Hash hash, const std::vector<Bundle>& bundles,
                      size_t count_size);

void put_counts(Store& store, std::span<const uint32_t> counts, const Maker& maker);
void put_record(Store& store, uint32_t index, const SegmentRecord& record, const Maker& maker);
void put_segment(Store& store, uint32_t index, std::span<const std::byte> segment,
                 const Maker& maker);

/// What a node's file holds: the nodes below it, and what it is.
struct StoredNode {
  Digest digest, left, right;
  KoalaBear5 sum;

  friend bool operator==(const StoredNode&, const StoredNode&) = default;
};
void put_node(Store& store, Span span, const StoredNode& node, const Maker& maker);
std::map<Span, StoredNode> load_nodes(const Store& store, Hash hash, uint32_t leaves);

}  // namespace cairn
