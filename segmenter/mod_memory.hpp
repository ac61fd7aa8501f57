// Checks the instances of add_mod and mul_mod: pointers to tables of offsets and of numbers that
// lie anywhere in memory. Nothing is filled in: a run itself writes all of their cells (cairo-vm's
// fill_memory), and its end checks that none is missing.
#pragma once

#include <cstdint>
#include <vector>

#include "segmenter/memory_reader.hpp"
#include "segmenter/relocation.hpp"

namespace cairn {

/// Checks that the chip of `builtin` (add_mod or mul_mod) has a row for each instance in the
/// segment, puts the 1 before the segment from which its first batch begins, and appends the
/// payloads of immediates that the chip wants as limbs. Throws Error(kBadInput) naming the cell.
void check_mod_builtin(Builtin builtin, const Relocation& relocation, RunMemory& memory,
                       AddressRange range, std::vector<uint32_t>& immediates);

}  // namespace cairn
