#include "segmenter/statement_builder.hpp"

#include <fmt/format.h>

#include "air/chips.hpp"
#include "core/error.hpp"
#include "segmenter/builtin_names.hpp"
#include "segmenter/felt_text.hpp"
#include "segmenter/step.hpp"

namespace cairn {
namespace {

[[noreturn]] void refuse(const std::string& sentence) { throw Error(Code::kBadInput, sentence); }

/// segment_arena's pointer starts past its first info cells.
bool may_start_at(Builtin builtin, const Relocation::Segment& segment, int64_t pointer) {
  if (builtin != Builtin::kSegmentArena) return pointer == segment.base;
  return pointer >= segment.base && pointer <= int64_t{segment.base} + segment.size;
}

Felt value_at(const RunMemory& memory, const Relocation& relocation, int64_t address,
              const std::string& what) {
  const Cell cell = CellReader(memory)[address];
  if (cell.hole()) {
    refuse(fmt::format("memory.bin: cell {} is missing, {}", relocation.name(address), what));
  }
  return memory.value(cell);
}

/// The pointer of a builtin on the stack: an address, or a small number where it is simulated.
uint32_t pointer_at(const RunMemory& memory, const Relocation& relocation, int64_t address,
                    Builtin builtin, const char* stack) {
  const std::string what =
      fmt::format("the {} pointer on the {} stack", builtin_name(builtin), stack);
  const Felt value = value_at(memory, relocation, address, what);
  const Cell cell = CellReader(memory)[address];
  if (!cell.immediate() || cell.value() < 0) {
    refuse(fmt::format("memory.bin: cell {} is {}, no address: {}", relocation.name(address),
                       to_text(value), what));
  }
  return static_cast<uint32_t>(cell.value());
}

}  // namespace

bool has_chip(Builtin builtin) {
  bool found = builtin == Builtin::kOutput || builtin == Builtin::kSegmentArena;
  for_each_chip([&]<class Chip>() {
    if constexpr (Chip::kKind == Kind::kBuiltin) found = found || Chip::kBuiltin == builtin;
  });
  return found;
}

uint64_t count_instances(const ListedBuiltin& b) {
  const uint32_t cells = kBuiltinFacts[static_cast<int>(b.builtin)].instance_cells;
  return (uint64_t{b.stop} - b.begin + cells - 1) / cells;
}

State first_state(const Pie& pie, const Relocation& relocation, const RunMemory& memory) {
  const uint32_t program = relocation.base(pie.program_segment);
  for (size_t i = 0; i < pie.program.size(); ++i) {
    const Felt word = value_at(memory, relocation, program + i, "a word of the program");
    if (word != pie.program[i]) {
      refuse(fmt::format("memory.bin: cell {} is {}, program.data[{}] in metadata.json is {}",
                         relocation.name(program + i), to_text(word), i, to_text(pie.program[i])));
    }
  }
  const uint32_t stack = relocation.base(pie.execution_segment);
  const uint32_t builtins = static_cast<uint32_t>(pie.builtins.size());
  for (uint32_t i = 0; i < builtins; ++i) {
    const Builtin builtin = pie.builtins[i];
    const uint32_t begin = pointer_at(memory, relocation, stack + i, builtin, "initial");
    const auto& segment = pie.builtin_segments[static_cast<int>(builtin)];
    if (segment && !may_start_at(builtin, relocation.segment(segment->index), begin)) {
      refuse(fmt::format("memory.bin: cell {} is {}, wanted the start of the {} segment",
                         relocation.name(stack + i), relocation.name(begin),
                         builtin_name(builtin)));
    }
  }
  for (uint32_t i = builtins; i < builtins + 2; ++i) {
    const char* name = i == builtins ? "ret_fp" : "ret_pc";
    const Felt value =
        value_at(memory, relocation, stack + i, fmt::format("{} on the initial stack", name));
    if (value != Felt{}) {
      refuse(fmt::format("memory.bin: cell {} is {}, wanted {}:0", relocation.name(stack + i),
                         to_text(value), name));
    }
  }
  const uint32_t ap = stack + builtins + 2;
  return {program + pie.main, ap, ap};
}

Statement build_statement(const Pie& pie, const Relocation& relocation, const RunMemory& memory,
                          const State& last) {
  Statement statement{};
  statement.program = pie.program;
  statement.main = pie.main;
  statement.program_base = relocation.base(pie.program_segment);
  statement.execution_base = relocation.base(pie.execution_segment);
  statement.final_ap = last.ap;
  statement.output_layout = pie.output_layout;
  const auto cells = memory.cells.begin();
  statement.program_cells.assign(cells + statement.program_base,
                                 cells + statement.program_base + pie.program.size());

  const int64_t count = static_cast<int64_t>(pie.builtins.size());
  if (last.ap < statement.execution_base + count + 2) {
    refuse(fmt::format("the run ends with ap = {}, below its initial stack",
                       relocation.name(last.ap)));
  }
  for (int64_t i = 0; i < count; ++i) {
    const Builtin builtin = pie.builtins[i];
    ListedBuiltin listed{builtin, 0, 0};
    listed.begin = pointer_at(memory, relocation, statement.execution_base + i, builtin, "initial");
    listed.stop = pointer_at(memory, relocation, last.ap - count + i, builtin, "final");
    const auto& segment = pie.builtin_segments[static_cast<int>(builtin)];
    if (segment && listed.stop != relocation.base(*segment) + segment->size) {
      refuse(
          fmt::format("builtin {}: the run leaves its pointer at {}, metadata.json gives its "
                      "segment {} cells",
                      builtin_name(builtin), relocation.name(listed.stop), segment->size));
    }
    const auto& instances = pie.instances[static_cast<int>(builtin)];
    if (segment && builtin != Builtin::kSegmentArena && instances &&
        *instances != count_instances(listed)) {
      refuse(fmt::format("execution_resources.json: {} instances of {}, the run used {}",
                         *instances, builtin_name(builtin), count_instances(listed)));
    }
    if (builtin == Builtin::kOutput) {
      for (uint32_t address = listed.begin; segment && address < listed.stop; ++address) {
        statement.output.push_back(value_at(memory, relocation, address, "a word of the output"));
        statement.output_cells.push_back(memory.cells[address]);
      }
    }
    statement.builtins.push_back(listed);
  }
  return statement;
}

}  // namespace cairn
