#include "segmenter/memory_reader.hpp"

#include <cstring>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/felt252.hpp"
#include "segmenter/felt_text.hpp"

namespace cairn {
namespace {

constexpr int kOffsetBits = 47;
constexpr uint64_t kOffsetMask = (uint64_t{1} << kOffsetBits) - 1;
constexpr uint64_t kTopBit = uint64_t{1} << 63;

}  // namespace

MemoryReader::MemoryReader(const Relocation& relocation) : relocation_(relocation) {
  memory_.cells.assign(relocation.end(), Cell{Cell::kHole});
}

void MemoryReader::refuse(const std::string& sentence) const {
  throw Error(Code::kBadInput, fmt::format("memory.bin: cell {}: {}", memory_.given, sentence));
}

uint32_t MemoryReader::address(uint64_t packed) const {
  if ((packed & kTopBit) == 0) refuse("its address is no segment:offset");
  const uint64_t number = (packed & ~kTopBit) >> kOffsetBits;
  const uint64_t offset = packed & kOffsetMask;
  const Relocation::Segment& segment = relocation_.segment(number);
  if (!segment.known) refuse(fmt::format("segment {} is not in metadata.json", number));
  if (offset >= segment.size) {
    refuse(fmt::format("{}:{} is outside its segment of {} cells", number, offset, segment.size));
  }
  return segment.base + static_cast<uint32_t>(offset);
}

Cell MemoryReader::value(const Felt& bits) {
  if ((bits.word[3] & kTopBit) == 0) {
    if (!is_below(bits, kCairoPrime)) refuse("its value is not below the Cairo prime");
    return memory_.values.pack(bits);
  }
  if (bits.word[3] != kTopBit || (bits.word[0] & kTopBit) != 0 ||
      (bits.word[1] | bits.word[2]) != 0) {
    refuse("its value is neither a felt nor a segment:offset");
  }
  const uint64_t number = bits.word[0] >> kOffsetBits;
  const Relocation::Segment& segment = relocation_.segment(number);
  if (!segment.known) refuse(fmt::format("it points to segment {}, not in metadata.json", number));
  // Pointers past the end of their segment occur in real runs and do no harm.
  return memory_.values.pack({{segment.base + (bits.word[0] & kOffsetMask), 0, 0, 0}});
}

void MemoryReader::take(std::span<const std::byte> records) {
  constexpr size_t kAhead = 16 * kRecordBytes;
  for (size_t at = 0; at + kRecordBytes <= records.size(); at += kRecordBytes) {
    uint64_t word[5];
    if (at + kAhead + kRecordBytes <= records.size()) {
      std::memcpy(word, records.data() + at + kAhead, kRecordBytes);
      memory_.values.prefetch({{word[1], word[2], word[3], word[4]}});
    }
    std::memcpy(word, records.data() + at,
                kRecordBytes);  // the machines we build for are little-endian
    const uint32_t place = address(word[0]);
    const Cell cell = value({{word[1], word[2], word[3], word[4]}});
    Cell& slot = memory_.cells[place];
    if (slot.bits != cell.bits) {
      if (!slot.hole()) {
        refuse(fmt::format("{} is {} here and {} in an earlier cell", relocation_.name(place),
                           to_text(memory_.value(cell)), to_text(memory_.value(slot))));
      }
      slot = cell;
    }
    ++memory_.given;
  }
  if (records.size() % kRecordBytes != 0) {
    refuse(fmt::format("has {} bytes, wanted {}", records.size() % kRecordBytes, kRecordBytes));
  }
}

RunMemory read_memory(const ZipArchive& archive, const Relocation& relocation, uint64_t limit) {
  const uint64_t cell_bytes = uint64_t{relocation.end()} * sizeof(Cell);
  if (cell_bytes > limit) {
    throw Error(Code::kOutOfResource,
                fmt::format("metadata.json: the segments need {} bytes, the memory limit is {}",
                            cell_bytes, limit));
  }
  // A byte of a zip file gives at most 1032 bytes, 26 records, so that a memory that
  // is not mostly holes stays far below this.
  constexpr uint64_t kCellFloor = uint64_t{1} << 22;
  constexpr uint64_t kCellsPerByte = 64;
  if (relocation.end() > kCellFloor + kCellsPerByte * archive.size()) {
    throw Error(
        Code::kBadInput,
        fmt::format("metadata.json: the segments claim {} cells, a file of {} bytes can fill at "
                    "most {} of them",
                    relocation.end() - 1, archive.size(), 26 * archive.size()));
  }
  // A record leaves at most a cell and a value of 32 bytes with its hash slots behind.
  constexpr size_t kPiece = MemoryReader::kRecordBytes << 14;
  MemoryReader reader(relocation);
  archive.stream("memory.bin", limit - cell_bytes, kPiece,
                 [&](std::span<const std::byte> piece) { reader.take(piece); });
  return reader.finish();
}

}  // namespace cairn
