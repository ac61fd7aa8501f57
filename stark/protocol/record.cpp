#include "stark/protocol/record.hpp"

#include <string>

#include "core/bytes.hpp"
#include "core/error.hpp"
#include "core/transcript.hpp"

namespace cairn {
namespace {

/// Reads a count and as many items; the count is held against the bytes that are left.
template <class T, class Read>
std::vector<T> read_list(ByteReader& in, size_t bytes_per_item, Read read) {
  std::vector<T> items(in.count(bytes_per_item));
  for (T& item : items) item = read();
  return items;
}

constexpr size_t kPartBytes = 16;
constexpr size_t kBuiltinBytes = 12;

void write_cells(ByteWriter& out, const std::vector<Cell>& cells) {
  out.count(cells.size());
  for (const Cell cell : cells) out.u32(cell.bits);
}

std::vector<Cell> read_cells(ByteReader& in) {
  return read_list<Cell>(in, sizeof(uint32_t), [&] { return Cell{in.u32()}; });
}

Digest digest_of(Hash hash, std::string_view domain, const ByteWriter& bytes) {
  Transcript transcript(hash, domain);
  transcript.absorb("bytes", std::span<const std::byte>(bytes.bytes()));
  return transcript.draw_digest("digest");
}

}  // namespace

SegmentRecord SegmentRecord::of(const Bundle& bundle, const Digest& main_root) {
  SegmentRecord record{{}, main_root};
  for (const Part& part : bundle) {
    record.parts.push_back({part.chip, part.log_height, part.range_begin, part.range_end});
  }
  return record;
}

void write(ByteWriter& out, const SegmentRecord& record) {
  out.count(record.parts.size());
  for (const PublicPart& part : record.parts) {
    out.u32(part.chip);
    out.u32(part.log_height);
    out.u32(part.range_begin);
    out.u32(part.range_end);
  }
  out.digest(record.main_root);
}

SegmentRecord read_record(ByteReader& in, Hash hash) {
  SegmentRecord record;
  record.parts = read_list<PublicPart>(in, kPartBytes, [&] {
    PublicPart part{};
    part.chip = in.u32();
    part.log_height = in.u32();
    part.range_begin = in.u32();
    part.range_end = in.u32();
    return part;
  });
  record.main_root = in.digest(hash);
  return record;
}

void write(ByteWriter& out, const Statement& s) {
  out.felts(s.program);
  out.u32(s.main);
  out.count(s.builtins.size());
  for (const ListedBuiltin& b : s.builtins) {
    out.u32(static_cast<uint32_t>(b.builtin));
    out.u32(b.begin);
    out.u32(b.stop);
  }
  out.u32(s.program_base);
  out.u32(s.execution_base);
  out.u32(s.final_ap);
  out.felts(s.output);
  out.u32s(s.output_layout.page_sizes);
  out.u32s(s.output_layout.topology);
  write_cells(out, s.program_cells);
  write_cells(out, s.output_cells);
}

Statement read_statement(ByteReader& in) {
  Statement s;
  s.program = in.felts();
  s.main = in.u32();
  s.builtins = read_list<ListedBuiltin>(in, kBuiltinBytes, [&] {
    ListedBuiltin b{};
    const uint32_t number = in.u32();
    if (number >= kBuiltinCount) in.fail("there is no builtin " + std::to_string(number));
    b.builtin = static_cast<Builtin>(number);
    b.begin = in.u32();
    b.stop = in.u32();
    return b;
  });
  s.program_base = in.u32();
  s.execution_base = in.u32();
  s.final_ap = in.u32();
  s.output = in.felts();
  s.output_layout.page_sizes = in.u32s();
  s.output_layout.topology = in.u32s();
  s.program_cells = read_cells(in);
  s.output_cells = read_cells(in);
  return s;
}

Digest statement_digest(Hash hash, const Statement& statement) {
  ByteWriter bytes;
  write(bytes, statement);
  return digest_of(hash, "cairn-statement-v1", bytes);
}

Digest record_digest(Hash hash, const SegmentRecord& record) {
  ByteWriter bytes;
  write(bytes, record);
  return digest_of(hash, "cairn-record-v1", bytes);
}

Digest tree_root(Hash hash, const std::vector<Digest>& leaves) {
  check(!leaves.empty(), "a tree has at least one leaf");
  std::vector<Digest> level = leaves;
  // Level by level, an odd last node goes up alone: that is the left-complete tree.
  while (level.size() > 1) {
    std::vector<Digest> above;
    for (size_t i = 0; i + 1 < level.size(); i += 2) {
      above.push_back(hash_pair(hash, level[i], level[i + 1]));
    }
    if (level.size() % 2 == 1) above.push_back(level.back());
    level = std::move(above);
  }
  return level[0];
}

GlobalChallenge draw_global_challenge(Hash hash, const Statement& statement,
                                      const std::vector<SegmentRecord>& records) {
  std::vector<Digest> leaves;
  leaves.reserve(records.size());
  for (const SegmentRecord& record : records) leaves.push_back(record_digest(hash, record));
  GlobalChallenge challenge{};
  challenge.statement = statement_digest(hash, statement);
  Transcript transcript(hash, "cairn-job-v1");
  transcript.absorb("statement", challenge.statement);
  transcript.absorb("segments", uint64_t{records.size()});
  transcript.absorb("records", tree_root(hash, leaves));
  challenge.alpha = transcript.draw_extension("alpha");
  challenge.gamma = transcript.draw_extension("gamma");
  return challenge;
}

}  // namespace cairn
