// The launches of one chip's kernels; compiled for each chip by itself.
#pragma once

#include "kernels/chip_kernels.hpp"
#include "kernels/launch.cuh"

namespace cairn::cuda {

/// Counts are shared by all threads of the device.
struct AtomicAdd {
  HOST_DEVICE static void add_cell(uint32_t& counter) {
#ifdef __CUDA_ARCH__
    atomicAdd(&counter, 1);
#else
    ++counter;  // never called: the host's own policy is in cpu_chip_rows.hpp
#endif
  }
  HOST_DEVICE static void add_entry(uint32_t& counter) { add_cell(counter); }
};

template <class Chip>
void launch_chip(const ChipTask& task, cudaStream_t stream) {
  const uint64_t count = task.count();
  const unsigned blocks = blocks_for(count);
  switch (task.work) {
    case ChipWork::kFill:
      run_rows<FillTrace<Chip>><<<blocks, kBlock, 0, stream>>>(task, count);
      break;
    case ChipWork::kFillAndCount:  // not one kernel more for each chip to compile
      run_rows<FillTrace<Chip>><<<blocks, kBlock, 0, stream>>>(task, count);
      [[fallthrough]];
    case ChipWork::kCountUses:
      run_rows<CountUses<Chip, AtomicAdd>><<<blocks, kBlock, 0, stream>>>(task, count);
      break;
    case ChipWork::kLookups:
      run_lanes<LookupColumns<Chip>><<<blocks, kBlock, 0, stream>>>(task, count);
      break;
    case ChipWork::kConstraints:
      run_lanes<Constraints<Chip>><<<blocks, kBlock, 0, stream>>>(task, count);
      break;
  }
  cuda_check(cudaGetLastError(), "launch of a chip");
}

}  // namespace cairn::cuda
