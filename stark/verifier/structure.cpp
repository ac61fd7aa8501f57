#include "stark/verifier/structure.hpp"

#include <array>

#include <fmt/format.h>

#include "air/chips.hpp"
#include "air/public_terms.hpp"
#include "core/error.hpp"
#include "core/fact.hpp"
#include "core/felt252.hpp"

namespace cairn {
namespace {

constexpr uint32_t kAddressEnd = 1u << 28;
/// Rows move ap by 2 at most without a check, so that fewer than 2^29 of them cannot wrap it.
constexpr uint64_t kMaxOpcodeRows = uint64_t{1} << 29;

/// [begin, begin + size) lies in [1, 2^28).
bool is_address_range(uint64_t begin, uint64_t size) {
  return begin >= 1 && begin + size <= kAddressEnd;
}

/// The end that a range chip's items may not pass: addresses stay below 2^28, as do indices of
/// values.
template <class Chip>
constexpr uint64_t range_limit() {
  if constexpr (std::is_same_v<Chip, Memory>) {
    return kAddressEnd / Memory::kCellsPerRow - 1;
  } else {
    return uint64_t{1} << 28;
  }
}

template <class Chip>
Finding check_part(const PublicPart& part) {
  if (part.log_height < kMinLogHeight || part.log_height > kMaxLogHeight) {
    return {Refusal::kPartHeight, fmt::format("{}: height 2^{}", Chip::kName, part.log_height)};
  }
  if constexpr (requires { Chip::kLogHeight; }) {
    if (part.log_height != Chip::kLogHeight) {
      return {Refusal::kPartHeight, fmt::format("{}: height 2^{} instead of 2^{}", Chip::kName,
                                                part.log_height, Chip::kLogHeight)};
    }
  }
  if constexpr (requires { Chip::valid_height(0u); }) {
    if (!Chip::valid_height(part.log_height)) {
      return {Refusal::kPartHeight, fmt::format("{}: height 2^{}", Chip::kName, part.log_height)};
    }
  }
  const uint64_t height = uint64_t{1} << part.log_height;
  const uint64_t begin = part.range_begin;
  const uint64_t end = part.range_end;
  bool good = false;
  switch (Chip::kKind) {
    case Kind::kRange:
      good = end == begin + height;
      break;
    case Kind::kBuiltin:
      if constexpr (Chip::kKind == Kind::kBuiltin) {
        // Soundness: integers below 2^28, at least one real row, whole instances, no more of them
        // than the part has rows (R13).
        constexpr uint64_t kCells = Chip::kCellsPerRow;
        good = begin >= 1 && begin < end && end <= kAddressEnd && (end - begin) % kCells == 0 &&
               end - begin <= height * kCells;
      }
      break;
    case Kind::kCall:
    case Kind::kOpcode:
    case Kind::kFree:
    case Kind::kTable:
      good = begin == 0 && end == 0;
      break;
  }
  if (!good) {
    return {Refusal::kPartRange, fmt::format("{}: [{}, {}) in a part of 2^{} rows", Chip::kName,
                                             begin, end, part.log_height)};
  }
  return {};
}

/// Follows the parts of one chip from 0, or from the segment's begin, on.
struct Chain {
  uint64_t end = 0;
  bool started = false;
};

Finding check_builtins(const Statement& statement, const std::array<Chain, kChipCount>& chains,
                       const std::array<uint64_t, kChipCount>& begins) {
  for (const ListedBuiltin& listed : statement.builtins) {
    if (listed.builtin == Builtin::kOutput || listed.builtin == Builtin::kSegmentArena) continue;
    bool has_chip = false;
    Finding finding;
    for_each_chip([&]<class Chip>() {
      if constexpr (Chip::kKind == Kind::kBuiltin) {
        if (Chip::kBuiltin != listed.builtin) return;
        has_chip = true;
        const auto chip = static_cast<uint32_t>(kChipId<Chip>);
        const uint64_t begin = chains[chip].started ? begins[chip] : listed.stop;
        const uint64_t end = chains[chip].started ? chains[chip].end : listed.stop;
        if (listed.begin != begin || listed.stop != end) {
          finding = {Refusal::kBuiltinRange,
                     fmt::format("{}: parts cover [{}, {}), the segment is [{}, {})", Chip::kName,
                                 begin, end, listed.begin, listed.stop)};
        }
      }
    });
    if (finding.refusal != Refusal::kNone) return finding;
    if (!has_chip && listed.begin != listed.stop) {
      return {Refusal::kBuiltinUsed,
              fmt::format("builtin {}: begin {}, stop {}", static_cast<int>(listed.builtin),
                          listed.begin, listed.stop)};
    }
  }
  // A part of a builtin that the program does not list would only state true facts, but nothing
  // asks for it: refuse what is not accounted for.
  Finding finding;
  for_each_chip([&]<class Chip>() {
    if constexpr (Chip::kKind == Kind::kBuiltin) {
      if (!chains[static_cast<uint32_t>(kChipId<Chip>)].started) return;
      for (const ListedBuiltin& listed : statement.builtins) {
        if (listed.builtin == Chip::kBuiltin) return;
      }
      finding = {Refusal::kBuiltinRange, fmt::format("{}: not in the builtin list", Chip::kName)};
    }
  });
  return finding;
}

}  // namespace

Finding check_statement(const Statement& s) {
  for (size_t i = 0; i < s.program.size(); ++i) {
    if (!is_below(s.program[i], kCairoPrime)) {
      return {Refusal::kStatementProgram, fmt::format("program word {}", i)};
    }
  }
  if (s.main >= s.program.size()) {
    return {Refusal::kStatementProgram,
            fmt::format("main {} of {} words", s.main, s.program.size())};
  }
  int last = -1;
  for (const ListedBuiltin& b : s.builtins) {
    if (static_cast<int>(b.builtin) <= last) {
      return {Refusal::kStatementBuiltins,
              fmt::format("builtin {} after {}", int(b.builtin), last)};
    }
    last = static_cast<int>(b.builtin);
  }
  const uint64_t stack = s.builtins.size() + 2;
  if (!is_address_range(s.program_base, s.program.size()) ||
      !is_address_range(s.execution_base, stack) || s.final_ap > kAddressEnd ||
      s.final_ap < s.execution_base + stack) {
    return {Refusal::kStatementAddresses,
            fmt::format("program {}, execution {}, final ap {}", s.program_base, s.execution_base,
                        s.final_ap)};
  }
  bool has_output = false;
  for (const ListedBuiltin& b : s.builtins) {
    // begin = stop = 0: listed, but simulated.
    const bool simulated = b.begin == 0 && b.stop == 0;
    if (!simulated && (b.stop < b.begin || !is_address_range(b.begin, b.stop - b.begin))) {
      return {Refusal::kStatementAddresses,
              fmt::format("builtin {}: [{}, {})", int(b.builtin), b.begin, b.stop)};
    }
    if (b.builtin == Builtin::kOutput) {
      has_output = true;
      if (b.stop - b.begin != s.output.size()) {
        return {Refusal::kStatementOutput,
                fmt::format("{} words in a segment of {}", s.output.size(), b.stop - b.begin)};
      }
    }
  }
  if (!has_output && !s.output.empty()) {
    return {Refusal::kStatementOutput, "output without the output builtin"};
  }
  for (size_t i = 0; i < s.output.size(); ++i) {
    if (!is_below(s.output[i], kCairoPrime))
      return {Refusal::kStatementOutput, fmt::format("word {}", i)};
  }
  // Without a fact nothing could be settled; which program's it is does not matter here.
  try {
    gps_fact(Felt{}, s.output, s.output_layout.page_sizes, s.output_layout.topology);
  } catch (const Error& error) {
    return {Refusal::kStatementOutput, error.what()};
  }
  if (s.program_cells.size() != s.program.size() || s.output_cells.size() != s.output.size()) {
    return {Refusal::kStatementHints,
            fmt::format("{} for {} program words, {} for {} output words", s.program_cells.size(),
                        s.program.size(), s.output_cells.size(), s.output.size())};
  }
  for (const auto* cells : {&s.program_cells, &s.output_cells}) {
    for (const Cell cell : *cells) {
      // Nothing reads these bits, so that one hint would have several forms.
      if ((cell.bits & ~(Cell::kBig | Cell::kPayload)) != 0) {
        return {Refusal::kStatementHints,
                fmt::format("hint {:#x} is no word of memory", cell.bits)};
      }
    }
  }
  return {};
}

Finding check_record(const SegmentRecord& record) {
  if (record.parts.empty()) return {Refusal::kSegmentCount, "a segment without parts"};
  for (size_t i = 0; i < record.parts.size(); ++i) {
    const PublicPart& part = record.parts[i];
    if (part.chip >= kChipCount) {
      return {Refusal::kUnknownChip, fmt::format("part {}: chip {}", i, part.chip)};
    }
    Finding finding = with_chip(part.chip, [&]<class Chip>() { return check_part<Chip>(part); });
    if (finding.refusal != Refusal::kNone) {
      finding.detail = fmt::format("part {}: {}", i, finding.detail);
      return finding;
    }
  }
  return {};
}

Finding check_coverage(const Statement& statement, const std::vector<SegmentRecord>& records) {
  std::array<Chain, kChipCount> chains{};
  std::array<uint64_t, kChipCount> begins{};
  std::array<uint64_t, kBusCount> uses{};
  uint64_t opcode_rows = 0;
  Finding finding;
  for (const SegmentRecord& record : records) {
    for (const PublicPart& part : record.parts) {
      with_chip(part.chip, [&]<class Chip>() {
        const uint64_t height = uint64_t{1} << part.log_height;
        for (int bus = 0; bus < kBusCount; ++bus) uses[bus] += kShape<Chip>.uses[bus] * height;
        if constexpr (Chip::kKind == Kind::kOpcode) opcode_rows += height;
        if constexpr (Chip::kKind == Kind::kRange || Chip::kKind == Kind::kBuiltin) {
          Chain& chain = chains[part.chip];
          const bool first_is_free = Chip::kKind == Kind::kBuiltin && !chain.started;
          if (!first_is_free && part.range_begin != chain.end) {
            finding = {Chip::kKind == Kind::kBuiltin ? Refusal::kBuiltinRange : Refusal::kRangeGap,
                       fmt::format("{}: a part begins at {}, the one before ends at {}",
                                   Chip::kName, part.range_begin, chain.end)};
          }
          if (!chain.started) begins[part.chip] = part.range_begin;
          chain = {part.range_end, true};
        }
        if constexpr (Chip::kKind == Kind::kRange) {
          if (part.range_end > range_limit<Chip>()) {
            finding = {Refusal::kRangeEnd,
                       fmt::format("{}: ends at {}, the limit is {}", Chip::kName, part.range_end,
                                   range_limit<Chip>())};
          }
        }
      });
      if (finding.refusal != Refusal::kNone) return finding;
    }
  }
  finding = check_builtins(statement, chains, begins);
  if (finding.refusal != Refusal::kNone) return finding;

  for_each_public_term(statement, [&](int sign, const ClearMessage& message) {
    if (sign > 0) ++uses[static_cast<size_t>(message.bus)];
  });
  for (int bus = 0; bus < kBusCount; ++bus) {
    if (uses[bus] >= KoalaBear::kModulus) {
      return {Refusal::kBusOverflow, fmt::format("bus {}: {} uses", bus, uses[bus])};
    }
  }
  if (opcode_rows >= kMaxOpcodeRows) {
    return {Refusal::kRowOverflow, fmt::format("{} rows", opcode_rows)};
  }
  return {};
}

}  // namespace cairn
