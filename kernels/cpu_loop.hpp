// The loops that a CPU runs kernels in, included once per kernel or chip and instruction set by
// sources that CMake makes from the lists in kernels/kernels.hpp and air/chips.hpp.
#pragma once

#include "core/packed.hpp"
#include "kernels/chip_task.hpp"

namespace cairn::CAIRN_SIMD {

/// Indices [begin, end), multiples of the vector's width. A kernel may have run_block(), which does
/// kBlockGroups vectors at a time, for the ranges that have them.
template <class Kernel>
HOST_DEVICE void run_loop(const Kernel& kernel, uint64_t begin, uint64_t end) {
  constexpr uint64_t kLanes = PackedKoalaBear::kWidth;
  uint64_t i = begin;
  if constexpr (requires { Kernel::kBlockGroups; } && kLanes > 1) {
    constexpr uint64_t kBlock = kLanes * Kernel::kBlockGroups;
    for (; i + kBlock <= end; i += kBlock) kernel.template run_block<PackedKoalaBear>(i);
  }
  for (; i < end; i += kLanes) kernel.template operator()<PackedKoalaBear>(i);
}

/// Defines run_kernel() for one kernel.
#define CAIRN_DEFINE_KERNEL_LOOP(Kernel)                                \
  void run_kernel(const Kernel& kernel, uint64_t begin, uint64_t end) { \
    run_loop(kernel, begin, end);                                       \
  }

}  // namespace cairn::CAIRN_SIMD
