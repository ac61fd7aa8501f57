// The first pass of replay. Its loop is the serial part of every job: 100 M steps a second are
// wanted.
#include <algorithm>

#include <fmt/format.h>

#include "core/error.hpp"
#include "segmenter/felt_text.hpp"
#include "segmenter/replay.hpp"
#include "segmenter/step.hpp"
#include "segmenter/step_error.hpp"

namespace cairn {
namespace {

/// Decodes the instruction at pc, which is not in the cache yet.
const Decoded& fetch(const RunMemory& memory, const Relocation& relocation, InstructionCache& cache,
                     uint64_t step, uint32_t pc) {
  const Cell cell = CellReader(memory)[pc];
  if (pc >= memory.cells.size()) refuse_step(relocation, step, pc, "it is outside the memory");
  if (cell.hole()) refuse_step(relocation, step, pc, "there is no instruction");
  const Felt word = memory.value(cell);
  const std::optional<Decoded> decoded = decode_instruction(word);
  if (!decoded)
    refuse_step(relocation, step, pc, fmt::format("{} is no instruction", to_text(word)));
  return cache.put(pc, *decoded);
}

/// Steps from `s` until pc = 0 or `steps` steps are done; run.steps counts those that were taken.
void follow(const RunMemory& memory, const Relocation& relocation, uint64_t steps, Run& run,
            State& s) {
  const CellReader cells(memory);
  uint64_t step = 0;
  while (step < steps && s.pc != 0) {
    run.checkpoints.push_back(s);
    const uint64_t end = std::min(step + kWindow, steps);
    for (; step < end && s.pc != 0; ++step) {
      const Decoded* d = &run.instructions.at(s.pc);
      if (d->form == StepForm::kUnknown || !next_state(cells, *d, s)) {
        run.steps = step;
        d = &fetch(memory, relocation, run.instructions, step, s.pc);
        if (!next_state(cells, *d, s)) explain_step(memory, relocation, step, s, *d);
      }
    }
  }
  run.steps = step;
}

}  // namespace

Run follow_run(const RunMemory& memory, const Relocation& relocation, const State& first,
               uint64_t steps) {
  if (steps > kMaxSteps) {
    throw Error(
        Code::kOutOfResource,
        fmt::format("execution_resources.json: n_steps is {}, one job holds at most 2^29", steps));
  }
  Run run{0, {}, {}, InstructionCache(relocation.end()), nullptr};
  State s = first;
  try {
    follow(memory, relocation, steps, run, s);
  } catch (const Error&) {
    run.broken = std::current_exception();
    return run;
  }
  if (s.pc != 0) {
    throw Error(Code::kBadInput,
                fmt::format("the run has not ended after {} steps, which is n_steps in "
                            "execution_resources.json; it stands at pc {}",
                            steps, relocation.name(s.pc)));
  }
  std::string problem;
  if (run.steps != steps) {
    problem = fmt::format("the run ends after {} steps, n_steps in execution_resources.json is {}",
                          run.steps, steps);
  } else if (s.fp != 0) {
    problem = fmt::format("the run ends with fp = {}, not ret_fp", relocation.name(s.fp));
  }
  if (!problem.empty()) run.broken = std::make_exception_ptr(Error(Code::kBadInput, problem));
  run.last = s;
  return run;
}

}  // namespace cairn
