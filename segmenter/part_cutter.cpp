#include "segmenter/part_cutter.hpp"

#include <algorithm>
#include <bit>

#include "air/part.hpp"

namespace cairn {

std::vector<uint32_t> cut_rows(uint64_t calls, uint32_t rows_per_call, uint64_t cells,
                               uint64_t max_part_cells) {
  const uint64_t rows = calls * rows_per_call;
  const auto held_by = [&](uint32_t log_height) {  // rows of whole calls
    return (uint64_t{1} << log_height) / rows_per_call * rows_per_call;
  };
  const uint32_t one_call = static_cast<uint32_t>(std::bit_width(rows_per_call - 1));
  const uint32_t lowest = std::max(kMinLogHeight, one_call);
  const uint64_t max_rows = std::max<uint64_t>(max_part_cells / cells, 1);
  const uint32_t highest = std::clamp<uint32_t>(static_cast<uint32_t>(std::bit_width(max_rows)) - 1,
                                                lowest, kMaxLogHeight);
  const uint64_t worth = std::max(rows / 10, (uint64_t{1} << highest) / 16);
  std::vector<uint32_t> result;
  for (uint64_t left = rows; left > 0;) {
    const uint32_t whole =
        std::max<uint32_t>(static_cast<uint32_t>(std::bit_width(left - 1)), lowest);
    if (whole > highest) {
      result.push_back(highest);
      left -= held_by(highest);
      continue;
    }
    const uint64_t padding = (uint64_t{1} << whole) - left;
    if (whole == lowest || padding <= worth) {
      result.push_back(whole);
      break;
    }
    result.push_back(whole - 1);
    left -= held_by(whole - 1);
  }
  return result;
}

}  // namespace cairn
