// Replays a run from its memory alone, without hints: Cairo's memory is written once, so the step
// function on the final memory is deterministic (design: pipeline-and-formats.md 3.3,
// cairo-air.md 10.1).
//
// Two passes. The first follows (pc, ap, fp) only, on one core, and leaves a checkpoint every 2^16
// steps. The second takes the windows between checkpoints in parallel and checks all that the chips
// will have to prove, so that proving never starts on a run that is none.
#pragma once

#include <array>
#include <cstdint>
#include <exception>
#include <vector>

#include "air/image.hpp"
#include "segmenter/instruction_cache.hpp"
#include "segmenter/memory_reader.hpp"
#include "segmenter/relocation.hpp"

namespace cairn {

/// Steps between checkpoints.
inline constexpr uint64_t kWindow = uint64_t{1} << 16;

/// More steps than this would let ap, a 31-bit field element, wrap: rows are below 2^29.
inline constexpr uint64_t kMaxSteps = uint64_t{1} << 29;

struct Run {
  uint64_t steps = 0;
  State last{};                    // pc = fp = 0, and the final ap
  std::vector<State> checkpoints;  // before step i * kWindow
  InstructionCache instructions;   // all that ran
  /// Why the run does not go on or end well after `steps` steps, if so. classify_run() throws it,
  /// unless an earlier step is wrong already.
  std::exception_ptr broken;
};

/// The first pass: from `first` to pc = 0 in `steps` steps. Throws Error(kBadInput) if it has not
/// ended by then; other faults, with step and pc, are left in Run::broken.
Run follow_run(const RunMemory& memory, const Relocation& relocation, const State& first,
               uint64_t steps);

/// The rows of the opcode chips.
struct StepRows {
  std::vector<State> states;  // by chip, within a chip in the order of the run
  std::array<uint32_t, kMaxChips + 1> begin{};
  std::array<uint64_t, kStepFormCount> forms{};  // steps of each StepForm
  std::vector<uint32_t> immediates;  // payloads that rows want as limbs; ascending, distinct
};

/// The second pass, on `threads` threads (0: one a core). Throws Error(kBadInput) with the first
/// step whose relation does not hold. Steps of forms without a chip are counted, but leave no row.
StepRows classify_run(const RunMemory& memory, const Relocation& relocation, const Run& run,
                      int threads);

}  // namespace cairn
