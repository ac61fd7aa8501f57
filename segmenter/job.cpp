#include "segmenter/job.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "air/chips.hpp"
#include "core/error.hpp"
#include "core/felt252.hpp"
#include "segmenter/builtin_memory.hpp"
#include "segmenter/builtin_names.hpp"
#include "segmenter/felt_text.hpp"
#include "segmenter/pie.hpp"
#include "segmenter/replay.hpp"
#include "segmenter/statement_builder.hpp"

namespace cairn {
namespace {

RunFacts collect_facts(const Pie& pie, const RunMemory& memory, const Run& run,
                       const StepRows& rows, const Statement& statement) {
  RunFacts facts;
  facts.steps = run.steps;
  facts.given_cells = memory.given;
  facts.addresses = memory.cells.size() - 1;
  for (size_t address = 1; address < memory.cells.size(); ++address) {
    const Cell cell = memory.cells[address];
    ++(cell.hole()                    ? facts.holes
       : cell.immediate()             ? facts.immediate_cells
       : cell.payload() >= Cell::kMid ? facts.mid_cells
                                      : facts.big_cells);
  }
  facts.mid_values = memory.values.mid().size();
  facts.big_values = memory.values.big().size();
  facts.instructions = run.instructions.addresses().size();
  facts.extra_segments = pie.extra_segments.size();
  for_each_chip([&]<class Chip>() {
    const uint32_t chip = static_cast<uint32_t>(kChipId<Chip>);
    const uint64_t steps = rows.begin[chip + 1] - rows.begin[chip];
    if (steps != 0) facts.mix.emplace_back(Chip::kName, steps);
  });
  for (int i = 0; i < kStepFormCount; ++i) {
    const char* name = missing_chip(static_cast<StepForm>(i));
    if (name != nullptr && rows.forms[i] != 0) facts.mix.emplace_back(name, rows.forms[i]);
  }
  for (const ListedBuiltin& b : statement.builtins) {
    facts.builtins.emplace_back(builtin_name(b.builtin), count_instances(b));
  }
  return facts;
}

/// One sentence for each chip that an executed instruction lacks, with the first such instruction.
void name_missing_instructions(const RunMemory& memory, const Relocation& relocation,
                               const Run& run, std::vector<std::string>& missing) {
  std::array<bool, kStepFormCount> named{};
  for (const uint32_t pc : run.instructions.addresses()) {
    const StepForm form = run.instructions.at(pc).form;
    const char* chip = missing_chip(form);
    if (chip == nullptr || std::exchange(named[static_cast<int>(form)], true)) continue;
    const Felt word = memory.value(memory.cells[pc]);
    missing.push_back(fmt::format("instruction {} at {} needs chip {}, which is not built yet",
                                  to_hex(word), relocation.name(pc), chip));
  }
}

void name_missing_builtins(const Pie& pie, const Statement& statement,
                           std::vector<std::string>& missing) {
  for (const ListedBuiltin& b : statement.builtins) {
    if (b.begin == b.stop) continue;
    const char* name = builtin_name(b.builtin);
    if (!pie.builtin_segments[static_cast<int>(b.builtin)]) {
      missing.push_back(fmt::format("builtin {}: simulated, and its pointer moved from {} to {}",
                                    name, b.begin, b.stop));
    } else if (!has_chip(b.builtin)) {
      missing.push_back(fmt::format("builtin {}: {} instances used, its chip is not built yet",
                                    name, count_instances(b)));
    }
  }
}

void sort_distinct(std::vector<uint32_t>& list) {
  std::sort(list.begin(), list.end());
  list.erase(std::unique(list.begin(), list.end()), list.end());
}

}  // namespace

Job load_job(const std::string& path, const LoadOptions& options) {
  const ZipArchive archive(path);
  const Pie pie = read_pie(archive);
  const Relocation relocation(pie);
  ImageParts parts;
  parts.memory = read_memory(archive, relocation, options.memory_limit);
  complete_builtins(pie, relocation, parts.memory, parts.immediates);
  const RunMemory& memory = parts.memory;
  const State first = first_state(pie, relocation, memory);
  const Run run = follow_run(memory, relocation, first, pie.steps);
  parts.rows = classify_run(memory, relocation, run, options.threads);
  parts.instructions = run.instructions.addresses();

  Job job;
  job.statement = build_statement(pie, relocation, memory, run.last);
  for (const ListedBuiltin& b : job.statement.builtins) {
    const bool proven = pie.builtin_segments[static_cast<int>(b.builtin)] && b.begin < b.stop;
    if (proven) parts.builtins[static_cast<int>(b.builtin)] = {b.begin, b.stop};
  }
  const std::vector<uint32_t>& of_steps = parts.rows.immediates;
  parts.immediates.insert(parts.immediates.end(), of_steps.begin(), of_steps.end());
  for (const uint32_t pc : parts.instructions) {  // the instruction table wants its words as limbs
    if (memory.cells[pc].immediate()) parts.immediates.push_back(memory.cells[pc].payload());
  }
  sort_distinct(parts.immediates);

  job.facts = collect_facts(pie, memory, run, parts.rows, job.statement);
  name_missing_instructions(memory, relocation, run, job.missing);
  name_missing_builtins(pie, job.statement, job.missing);
  job.image = build_image(std::move(parts));
  return job;
}

void require_provable(const Job& job) {
  if (job.missing.empty()) return;
  throw Error(Code::kBadInput, fmt::format("{}", fmt::join(job.missing, "; ")));
}

}  // namespace cairn
