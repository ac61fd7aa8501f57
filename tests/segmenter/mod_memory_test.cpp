// The mod builtins of real runs, read, checked and proven row by row; and what is refused.
#include "segmenter/mod_memory.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "air/chips/add_mod.hpp"
#include "air/chips/mul_mod.hpp"
#include "segmenter/builtin_memory.hpp"
#include "tests/air/one_chip.hpp"
#include "tests/support/shared_data.hpp"

namespace cairn {
namespace {

struct LoadedRun {
  explicit LoadedRun(const std::string& path)
      : archive(path), pie(read_pie(archive)), relocation(pie) {
    memory = read_memory(archive, relocation, uint64_t{1} << 32);
  }
  AddressRange range(Builtin builtin) const {
    const auto& segment = pie.builtin_segments[static_cast<int>(builtin)];
    if (!segment) return {};
    return {relocation.base(*segment), relocation.base(*segment) + segment->size};
  }
  Image image() const {
    Image image{};
    image.cells = memory.cells.data();
    image.cell_end = static_cast<uint32_t>(memory.cells.size());
    image.big = memory.values.big().data();
    image.big_count = static_cast<uint32_t>(memory.values.big().size());
    image.mid = memory.values.mid().data();
    image.mid_count = static_cast<uint32_t>(memory.values.mid().size());
    return image;
  }

  ZipArchive archive;
  Pie pie;
  Relocation relocation;
  RunMemory memory;
};

/// Every instance satisfies the chip, in one part and in two; all immediates of the rows are
/// listed.
template <class Chip>
uint32_t expect_instances(const LoadedRun& run, const std::vector<uint32_t>& immediates) {
  const AddressRange range = run.range(Chip::kBuiltin);
  const Image image = run.image();
  const Part part = one_chip::builtin_part<Chip>(range.begin, range.end);
  one_chip::expect_honest<Chip>(image, part);
  const uint32_t middle = range.begin + part.count / 2 * kModCells;
  one_chip::expect_honest<Chip>(image, one_chip::builtin_part<Chip>(middle, range.end));
  for (uint32_t row = 0; row < part.count; ++row) {
    const auto cells = one_chip::fill<Chip>(image, part, row);
    for (const auto& term : one_chip::evaluate<Chip>(image, part, row, cells).terms) {
      const bool value = term.message.bus == Bus::kValue9 || term.message.bus == Bus::kValue27;
      if (!value || !(term.message.coordinate[0] == KoalaBear(0))) continue;
      const uint32_t payload = term.message.coordinate[1].canonical();
      EXPECT_NE(std::find(immediates.begin(), immediates.end(), payload), immediates.end());
    }
  }
  return part.count;
}

void expect_run(const std::filesystem::path& path, uint32_t sums, uint32_t products) {
  LoadedRun run(path.string());
  std::vector<uint32_t> immediates;
  complete_builtins(run.pie, run.relocation, run.memory, immediates);

  EXPECT_EQ(expect_instances<AddMod>(run, immediates), sums);
  EXPECT_EQ(expect_instances<MulMod>(run, immediates), products);
}

TEST(ModMemory, InstancesOfRealRunsHold) {
  CAIRN_NEED_SHARED(shared);
  expect_run(shared / "data" / "pie" / "simulated_builtins.zip", 14, 19);
  expect_run(shared / "data" / "snos" / "syscalls-1044k.pie.zip", 2, 4);
}

/// Two instances of 3 + 4 = 2 and 2 + 2 = 4 modulo 5, n = 2, in segments 0 program, 1 execution,
/// 2 add_mod; offsets at 1:0, numbers at 1:10.
struct TwoSums {
  TwoSums() {
    pie.program_segment = {0, 1};
    pie.execution_segment = {1, 60};
    pie.builtin_segments[static_cast<int>(Builtin::kAddMod)] = {2, 14};
    pie.ret_fp_segment = {3, 0};
    pie.ret_pc_segment = {4, 0};
  }
  std::string complaint() {
    const Relocation relocation(pie);
    RunMemory memory;
    memory.cells.assign(relocation.end(), Cell{Cell::kHole});
    const uint32_t base = relocation.segment(1).base;
    const uint32_t begin = relocation.segment(2).base;
    EXPECT_EQ(begin, base + 60 + 1);
    const auto put = [&](uint32_t address, int64_t value) {
      memory.cells[address] = Cell{static_cast<uint32_t>(Cell::kBias + value)};
    };
    const int numbers[] = {3, 4, 2, 2, 2, 4};
    for (uint32_t i = 0; i < 6; ++i) {
      put(base + i, 4 * i);
      for (uint32_t j = 0; j < 4; ++j) put(base + 10 + 4 * i + j, j == 0 ? numbers[i] : 0);
    }
    for (uint32_t i = 0; i < 2; ++i) {
      for (uint32_t j = 0; j < 4; ++j) put(begin + 7 * i + j, j == 0 ? 5 : 0);
      put(begin + 7 * i + 4, base + 10);
      put(begin + 7 * i + 5, base + 3 * i);
      put(begin + 7 * i + 6, 2 - i);
    }
    if (spoil) spoil(memory, base, begin);
    try {
      check_mod_builtin(Builtin::kAddMod, relocation, memory, {begin, begin + 14}, immediates);
    } catch (const Error& error) {
      return error.what();
    }
    EXPECT_EQ(memory.cells[begin - 1].value(), 1);
    return "";
  }

  Pie pie;
  std::function<void(RunMemory& memory, uint32_t base, uint32_t begin)> spoil;
  std::vector<uint32_t> immediates;
};

/// Sets the cell at an offset of segment 1 or 2.
std::string with_cell(int segment, uint32_t offset, const Felt& value) {
  TwoSums sums;
  sums.spoil = [&](RunMemory& memory, uint32_t base, uint32_t begin) {
    memory.cells[(segment == 1 ? base : begin) + offset] = memory.values.pack(value);
  };
  return sums.complaint();
}

TEST(ModMemory, AcceptsABatch) {
  TwoSums sums;
  EXPECT_EQ(sums.complaint(), "");
  EXPECT_EQ(sums.immediates.size(), 32u);  // 4 of p and 12 of a, b, c, twice
}

TEST(ModMemory, NamesWhatItRefuses) {
  const Felt long_word{{0, 1ull << 32, 0, 0}};
  EXPECT_EQ(with_cell(2, 2, long_word),
            "builtin add_mod: cell 2:2 is 0x1000000000000000000000000, not below 2^96");
  EXPECT_EQ(with_cell(1, 13, long_word),
            "builtin add_mod: cell 1:13 is 0x1000000000000000000000000, not below 2^96");
  EXPECT_EQ(with_cell(2, 5, long_word),
            "builtin add_mod: cell 2:5 is 0x1000000000000000000000000, not between -2^28 and 2^28");
  EXPECT_EQ(with_cell(2, 7, Felt{{6, 0, 0, 0}}),
            "builtin add_mod: cell 2:7 is 6 where the batch of 2:0 has 5");
  EXPECT_EQ(with_cell(2, 13, Felt{{2, 0, 0, 0}}),
            "builtin add_mod: cell 2:13 is 2 where the batch of 2:0 has 2 before 1 is taken");
  EXPECT_EQ(with_cell(1, 18, Felt{{3, 0, 0, 0}}),
            "builtin add_mod: cell 2:0 begins an instance with a = 0x3, b = 0x4, c = 0x3, p = 0x5: "
            "a + b is neither c nor c + p");
  EXPECT_EQ(with_cell(1, 2, Felt{{40, 0, 0, 0}}), "builtin add_mod: cell 1:50 is missing");
  EXPECT_EQ(with_cell(1, 2, Felt{{400, 0, 0, 0}}),
            "builtin add_mod: cell address 412 is pointed to, but outside memory");
  TwoSums hole;
  hole.spoil = [](RunMemory& memory, uint32_t, uint32_t begin) {
    memory.cells[begin + 3] = Cell{Cell::kHole};
  };
  EXPECT_EQ(hole.complaint(), "builtin add_mod: cell 2:3 is missing");
}

TEST(ModMemory, EveryCellOfABatchGoesOn) {
  for (uint32_t i = 0; i < kModCells; ++i) {
    EXPECT_NE(with_cell(2, 7 + i, Felt{{77, 0, 0, 0}}), "") << i;
  }
}

}  // namespace
}  // namespace cairn
