// A part: some rows of one chip, of a power-of-two height. The unit that a plan deals out; a bundle
// of parts is proven by one STARK.
#pragma once

#include <cstdint>
#include <vector>

#include "core/device.hpp"

namespace cairn {

struct Part {
  uint32_t chip;        // number in CAIRN_CHIPS
  uint32_t log_height;  // 2^log_height rows
  /// The plan's own: this part holds `count` real rows, from row `first` of the chip's rows on.
  uint32_t first;
  uint32_t count;
  /// Public. Chips over a contiguous range cover [range_begin, range_end); both are 0 for the
  /// others.
  uint32_t range_begin;
  uint32_t range_end;

  HOST_DEVICE constexpr uint32_t height() const { return 1u << log_height; }
};

/// The parts that one STARK proves: one commitment a phase, one low-degree test.
using Bundle = std::vector<Part>;

/// The lowest part: as many rows as the last polynomial of the low-degree test has coefficients.
inline constexpr uint32_t kMinLogHeight = 6;
inline constexpr uint32_t kMaxLogHeight = 22;

/// What decides which rows a part has and what the verifier asks of its range.
enum class Kind : uint8_t {
  kOpcode,   // rows are states of the run, any rows anywhere; padding has en = 0
  kFree,     // rows from a list of the image, any rows anywhere
  kRange,    // row i of the part is item range_begin + i; parts cover [0, e) without gap or overlap
  kBuiltin,  // openers of a builtin segment, by address; parts cover [begin, stop)
  kCall,     // rows that serve openers, any rows anywhere; padding has en = 0
  kTable,    // fixed content, range_begin = 0
};

}  // namespace cairn
