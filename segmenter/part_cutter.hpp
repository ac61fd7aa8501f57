// Cuts a chip's rows into heights that are powers of two.
#pragma once

#include <cstdint>
#include <vector>

namespace cairn {

/// Log heights, descending, of parts that hold `calls` uncut calls of `rows_per_call` rows, each of
/// `cells` committed cells. No part has more than `max_part_cells`, but for the lowest height and
/// the height that one call needs. The remainder is split as long as one part for it would waste a
/// tenth of the chip's rows and a sixteenth of the highest part allowed.
std::vector<uint32_t> cut_rows(uint64_t calls, uint32_t rows_per_call, uint64_t cells,
                               uint64_t max_part_cells);

}  // namespace cairn
