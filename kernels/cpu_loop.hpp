// The loops that a CPU runs kernels in, included once per kernel or chip and instruction set by
// sources that CMake makes from the lists in kernels/kernels.hpp and air/chips.hpp.
#pragma once

#include "core/packed.hpp"
#include "kernels/chip_task.hpp"

namespace cairn::CAIRN_SIMD {

/// Defines run_kernel() for one kernel: indices [begin, end), multiples of the vector's width.
#define CAIRN_DEFINE_KERNEL_LOOP(Kernel)                                \
  void run_kernel(const Kernel& kernel, uint64_t begin, uint64_t end) { \
    constexpr uint64_t kLanes = PackedKoalaBear::kWidth;                \
    for (uint64_t i = begin; i < end; i += kLanes) {                    \
      kernel.template operator()<PackedKoalaBear>(i);                   \
    }                                                                   \
  }

}  // namespace cairn::CAIRN_SIMD
