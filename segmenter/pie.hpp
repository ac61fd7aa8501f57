// What a Cairo PIE (version 1.1) says beside its memory: program, segments, builtins, resources.
//
// A PIE is a zip of metadata.json, memory.bin, additional_data.json, execution_resources.json and
// version.json (which may be absent). Design: pipeline-and-formats.md 3.1.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "air/image.hpp"
#include "air/statement.hpp"
#include "core/felt.hpp"
#include "segmenter/zip_archive.hpp"

namespace cairn {

struct PieSegment {
  uint32_t index = 0;  // below 2^16
  uint32_t size = 0;   // cells, below 2^28
};

struct Pie {
  std::vector<Felt> program;
  uint32_t main = 0;
  std::vector<Builtin> builtins;  // as the program lists them: ascending, no two equal
  PieSegment program_segment, execution_segment, ret_fp_segment, ret_pc_segment;
  /// Nothing for builtins that are not listed or are simulated (listed, but without a segment).
  std::array<std::optional<PieSegment>, kBuiltinCount> builtin_segments;
  std::vector<PieSegment> extra_segments;

  uint64_t steps = 0;
  std::array<std::optional<uint64_t>, kBuiltinCount> instances;

  OutputLayout output_layout;  // page sizes sum to the size of the output segment
};

/// Reads and checks everything but memory.bin. Throws Error(kBadInput) with file and place.
Pie read_pie(const ZipArchive& archive);

}  // namespace cairn
