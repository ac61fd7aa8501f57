// Completes the memory of builtin segments: a run may leave out what a builtin computes and the
// program never reads, but proving an instance takes all of its cells (design:
// cairo-air-review.md R9).
#pragma once

#include <cstdint>
#include <vector>

#include "segmenter/memory_reader.hpp"
#include "segmenter/pie.hpp"
#include "segmenter/relocation.hpp"

namespace cairn {

/// Checks the cells of every builtin segment whose chip is built against a native computation, and
/// fills output cells that are missing. Appends the payloads of immediates in these segments, which
/// chips want as limbs. Throws Error(kBadInput) naming builtin and cell.
void complete_builtins(const Pie& pie, const Relocation& relocation, RunMemory& memory,
                       std::vector<uint32_t>& immediates);

}  // namespace cairn
