// Makes PIEs, good ones and forged ones, for tests of the reader and the replay.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "air/chips/opcode.hpp"
#include "core/felt.hpp"

namespace cairn {

/// The instruction word for offsets without bias, the named flags, and an opcode extension.
Felt instruction(int o0, int o1, int o2, const std::vector<Flag>& flags, uint32_t extension = 0);

/// A value for memory.bin: a felt, or a pointer.
struct PieValue {
  Felt bits;
  PieValue(int64_t value);  // NOLINT(google-explicit-constructor): P + value if it is negative
  PieValue(const Felt& value) : bits(value) {}  // NOLINT(google-explicit-constructor)
  static PieValue pointer(uint64_t segment, uint64_t offset);
};

/// A whole PIE. The one it starts from writes 5 to its output and its range checks, in six steps:
///   0:0  [ap] = 5; ap++
///   0:2  [ap-1] = [[fp-4]]           segments: 0 program, 1 execution, 2 output, 3 range_check,
///   0:3  [ap-1] = [[fp-3]]                     4 ret_fp, 5 ret_pc, 6 extra (empty)
///   0:4  [ap] = [fp-4] + 1; ap++
///   0:6  [ap] = [fp-3] + 1; ap++
///   0:8  ret
struct PieBuilder {
  PieBuilder();

  /// A program of one's own: its words in segment 0, and metadata to match.
  void set_program(const std::vector<PieValue>& words);
  /// Replaces word `i` of the program, in memory and in metadata.
  void set_word(size_t i, const PieValue& word);
  void set(uint64_t segment, uint64_t offset, const PieValue& value);
  void remove(uint64_t segment, uint64_t offset);
  /// Appends a raw record of 40 bytes to memory.bin.
  void add_record(uint64_t address, const Felt& value);

  /// Writes the PIE and gives its path, which is removed with the process's temporary folder.
  std::string write() const;

  /// Members by name; numbers above 64 bits stand as strings that begin with '#'.
  nlohmann::json metadata, resources, additional, version;
  /// Replaces or (empty) drops a member's text.
  std::map<std::string, std::string> raw;
  std::map<std::pair<uint64_t, uint64_t>, PieValue> cells;
  std::string more_records;
};

/// The text of a JSON value whose '#' strings are big numbers.
std::string big_number_text(const nlohmann::json& value);

}  // namespace cairn
