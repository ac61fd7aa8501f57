// memory.bin into packed cells.
//
// A record has 40 bytes: address as 2^63 + segment * 2^47 + offset (u64, little-endian), then the
// value (256 bits, little-endian): a felt below P, or 2^255 + segment * 2^47 + offset for a
// pointer. Records may come in any order, and more than once if they agree. Design:
// pipeline-and-formats.md 3.2.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "air/image.hpp"
#include "segmenter/interning.hpp"
#include "segmenter/relocation.hpp"
#include "segmenter/zip_archive.hpp"

namespace cairn {

/// The relocated memory of a run.
struct RunMemory {
  std::vector<Cell> cells;  // by address; holes, address 0 among them, are Cell::kHole
  Interner values;
  uint64_t given = 0;  // records in memory.bin

  Felt value(Cell cell) const {
    Image image{};
    image.big = values.big().data();
    image.mid = values.mid().data();
    return image.value(cell);
  }
};

/// Takes the records of memory.bin, piece by piece.
class MemoryReader {
 public:
  static constexpr size_t kRecordBytes = 40;

  explicit MemoryReader(const Relocation& relocation);
  /// Whole records. Throws Error(kBadInput) naming the record.
  void take(std::span<const std::byte> records);
  RunMemory finish() { return std::move(memory_); }

 private:
  /// Of the record that is being read.
  [[noreturn]] void refuse(const std::string& sentence) const;
  uint32_t address(uint64_t packed) const;
  Cell value(const Felt& bits);

  const Relocation& relocation_;
  RunMemory memory_;
};

/// Reads memory.bin; `limit` bounds the bytes that it and the cells may take.
RunMemory read_memory(const ZipArchive& archive, const Relocation& relocation, uint64_t limit);

}  // namespace cairn
