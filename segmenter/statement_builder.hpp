// The statement of a job, out of its PIE and its replayed run: every claim compared with the
// memory.
#pragma once

#include <string>
#include <vector>

#include "air/image.hpp"
#include "air/statement.hpp"
#include "segmenter/memory_reader.hpp"
#include "segmenter/pie.hpp"
#include "segmenter/relocation.hpp"

namespace cairn {

/// The state before the first step. Throws Error(kBadInput) if the program's words or the initial
/// stack (builtin bases, ret_fp, ret_pc) do not stand in the memory.
State first_state(const Pie& pie, const Relocation& relocation, const RunMemory& memory);

/// The statement for a run that ended in `last`. Throws Error(kBadInput) if the final stack
/// disagrees with the builtin segments, or a word of the output is missing.
Statement build_statement(const Pie& pie, const Relocation& relocation, const RunMemory& memory,
                          const State& last);

/// Instances that the run used of a listed builtin: its cells by those of an instance, rounded up.
uint64_t count_instances(const ListedBuiltin& builtin);

/// Can the builtin be proven: by a chip, by the public terms (output), or by having no rules at
/// all?
bool has_chip(Builtin builtin);

}  // namespace cairn
