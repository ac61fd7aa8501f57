// The launches of one chip's kernels; compiled for each chip by itself.
#pragma once

#include "kernels/chip_kernels.hpp"
#include "kernels/launch.cuh"

namespace cairn::cuda {

/// Counts are shared by all threads of the device.
struct AtomicAdd {
  HOST_DEVICE static void add(uint32_t& count, uint32_t amount) {
#ifdef __CUDA_ARCH__
    atomicAdd(&count, amount);
#else
    count += amount;  // never called: the host's own policy is in cpu_chip_loop.hpp
#endif
  }
};

template <class Chip>
void launch_chip(const ChipTask& task, cudaStream_t stream) {
  const uint64_t count = task.count();
  const unsigned blocks = blocks_for(count);
  switch (task.work) {
    case ChipWork::kFill:
      run_rows<FillTrace<Chip>><<<blocks, kBlock, 0, stream>>>(task, count);
      break;
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
