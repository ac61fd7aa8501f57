#include "mpi_driver/job_store.hpp"

#include <utility>

#include "core/bytes.hpp"

namespace cairn {

EarlierWork load_work(const Store& store, Hash hash, const std::vector<Bundle>& bundles,
                      size_t count_size) {
  EarlierWork work;
  work.records.resize(bundles.size());
  std::vector<Entry> wanted = {{EntryKind::kCounts, {0, 0}}};
  for (uint32_t i = 0; i < bundles.size(); ++i) {
    wanted.push_back({EntryKind::kCommit, {i, 1}});
    wanted.push_back({EntryKind::kSegment, {i, 1}});
  }
  for (auto& [entry, bytes] : store.load(wanted)) {
    const uint32_t index = entry.span.first;
    try {
      ByteReader in(bytes, "entry", Code::kBadInput);
      if (entry.kind == EntryKind::kCounts) {
        std::vector<uint32_t> counts = in.u32s();
        in.finish();
        if (counts.size() != count_size) in.fail("not as many counts as the job has");
        work.counts = std::move(counts);
      } else if (entry.kind == EntryKind::kCommit) {
        const SegmentRecord record = read_record(in, hash);
        in.finish();
        if (!(record == SegmentRecord::of(bundles[index], record.main_root))) {
          in.fail("not a record of this segment");
        }
        work.records[index] = record;
      } else {
        work.segments[index] = std::move(bytes);
      }
    } catch (const Error& error) {
      store.reject(entry, error.what());
    }
  }
  return work;
}

void put_counts(Store& store, std::span<const uint32_t> counts, const Maker& maker) {
  ByteWriter out;
  out.u32s(counts);
  store.put({EntryKind::kCounts, {0, 0}}, out.bytes(), maker);
}

void put_record(Store& store, uint32_t index, const SegmentRecord& record, const Maker& maker) {
  ByteWriter out;
  write(out, record);
  store.put({EntryKind::kCommit, {index, 1}}, out.bytes(), maker);
}

void put_segment(Store& store, uint32_t index, std::span<const std::byte> segment,
                 const Maker& maker) {
  store.put({EntryKind::kSegment, {index, 1}}, segment, maker);
}

void put_node(Store& store, Span span, const StoredNode& node, const Maker& maker) {
  ByteWriter out;
  out.digest(node.digest);
  out.digest(node.left);
  out.digest(node.right);
  out.extension(node.sum);
  store.put({EntryKind::kNode, span}, out.bytes(), maker);
}

std::map<Span, StoredNode> load_nodes(const Store& store, Hash hash, uint32_t leaves) {
  std::vector<Entry> wanted;
  for (const Span& span : merges(leaves)) wanted.push_back({EntryKind::kNode, span});
  std::map<Span, StoredNode> nodes;
  for (const auto& [entry, bytes] : store.load(wanted)) {
    try {
      ByteReader in(bytes, "entry", Code::kBadInput);
      StoredNode node;
      node.digest = in.digest(hash);
      node.left = in.digest(hash);
      node.right = in.digest(hash);
      node.sum = in.extension();
      in.finish();
      nodes[entry.span] = node;
    } catch (const Error& error) {
      store.reject(entry, error.what());
    }
  }
  return nodes;
}

}  // namespace cairn
