#include "air/check.hpp"
#include "air/chips.hpp"

namespace cairn {
namespace {

uint32_t log_height_for(uint64_t rows) {
  uint32_t log_height = kMinLogHeight;
  while (log_height < kMaxLogHeight && (uint64_t{1} << log_height) < rows) ++log_height;
  return log_height;
}

/// Cuts `rows` into parts of at most 2^22 rows; `make` sets what is the kind's own.
template <class Make>
void cut(std::vector<Part>& parts, ChipId chip, uint64_t rows, Make make) {
  for (uint64_t first = 0; first < rows;) {
    Part part{};
    part.chip = static_cast<uint32_t>(chip);
    part.log_height = log_height_for(rows - first);
    part.first = static_cast<uint32_t>(first);
    part.count = static_cast<uint32_t>(std::min<uint64_t>(part.height(), rows - first));
    make(part);
    parts.push_back(part);
    first += part.count;
  }
}

template <class Chip>
uint64_t free_rows(const Image& image) {
  if constexpr (std::is_same_v<Chip, InstructionTable>) return image.instruction_count;
  if constexpr (std::is_same_v<Chip, ImmediateValues>) return image.immediate_count;
}

template <class Chip>
uint64_t range_rows(const Image& image) {
  if constexpr (std::is_same_v<Chip, Memory>) {
    return (image.cell_end - 1 + Memory::kCellsPerRow - 1) / Memory::kCellsPerRow;
  }
  if constexpr (std::is_same_v<Chip, BigValues>) return image.big_count;
  if constexpr (std::is_same_v<Chip, MidValues>) return image.mid_count;
}

template <class Chip>
void add_parts(std::vector<Part>& parts, const Image& image) {
  constexpr ChipId kId = kChipId<Chip>;
  const auto plain = [](Part&) {};
  if constexpr (Chip::kKind == Kind::kOpcode) {
    const uint32_t chip = static_cast<uint32_t>(kId);
    cut(parts, kId, image.state_begin[chip + 1] - image.state_begin[chip], plain);
  } else if constexpr (Chip::kKind == Kind::kFree) {
    cut(parts, kId, free_rows<Chip>(image), plain);
  } else if constexpr (Chip::kKind == Kind::kRange) {
    cut(parts, kId, range_rows<Chip>(image), [](Part& part) {
      part.range_begin = part.first;
      part.range_end = part.first + part.height();
    });
  } else if constexpr (Chip::kKind == Kind::kBuiltin) {
    const AddressRange range = image.builtin[static_cast<int>(Chip::kBuiltin)];
    cut(parts, kId, (range.end - range.begin) / Chip::kCellsPerRow, [&](Part& part) {
      part.range_begin = range.begin + part.first * Chip::kCellsPerRow;
      part.range_end = part.range_begin + part.count * Chip::kCellsPerRow;
    });
  }
}

Part table_part(ChipId chip, uint32_t log_height) {
  Part part{};
  part.chip = static_cast<uint32_t>(chip);
  part.log_height = log_height;
  part.count = part.height();
  return part;
}

}  // namespace

std::vector<Part> whole_parts(const Image& image) {
  std::vector<Part> parts;
  uint32_t widths = 0;
  bool pairs = false;
  for_each_chip([&]<class Chip>() {
    const std::size_t before = parts.size();
    add_parts<Chip>(parts, image);
    if (parts.size() == before) return;
    widths |= kShape<Chip>.range_widths;
    pairs |= kShape<Chip>.uses[static_cast<int>(Bus::kPair9)] != 0;
  });
  for (uint32_t bits = 0; bits <= kMaxRangeBits; ++bits) {
    if ((widths >> bits & 1) != 0) parts.push_back(table_part(ChipId::kRangeTable, bits));
  }
  if (pairs) parts.push_back(table_part(ChipId::kPair9Table, Pair9Table::kLogHeight));
  return parts;
}

}  // namespace cairn
