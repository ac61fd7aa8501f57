// What one instruction set offers the CPU backend: its loops over every kernel and chip, compiled
// for it.
//
// A table of plain function pointers, one per instruction set, filled in cpu_target.cpp. No virtual
// functions and no templates of the standard library here: files that are compiled with wider flags
// must emit nothing that the linker could merge into code for narrower machines.
#pragma once

#include <cstdint>

#include "air/chips.hpp"
#include "kernels/chip_task.hpp"
#include "kernels/kernels.hpp"
#include "kernels/tuned/extend_cpu.hpp"

namespace cairn {

struct CpuTarget {
  const char* name;
  /// Rows that one step of a loop does. Begins and ends of ranges are multiples of it.
  uint32_t lanes;

#define CAIRN_ENTRY(file, Kernel) void (*run_##Kernel)(const Kernel&, uint64_t begin, uint64_t end);
  CAIRN_KERNELS(CAIRN_ENTRY)
#undef CAIRN_ENTRY

  const ExtendTarget* extend;

  /// Wide sets do kLookups and kConstraints only; the scalar set does everything.
  using RunChip = void(const ChipTask&, uint64_t begin, uint64_t end);
  RunChip* run_chip[kChipCount];
};

namespace scalar {
extern const CpuTarget kTarget;
}
namespace avx2 {
extern const CpuTarget kTarget;
}
namespace avx512 {
extern const CpuTarget kTarget;
}

/// The sets compiled in that this processor can run, narrowest first; never empty.
struct CpuTargets {
  const CpuTarget* item[3];
  int count;

  const CpuTarget* const* begin() const { return item; }
  const CpuTarget* const* end() const { return item + count; }
  const CpuTarget& best() const { return *item[count - 1]; }
};
CpuTargets available_targets();

}  // namespace cairn
