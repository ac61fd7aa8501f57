// How a device runs the bodies of kernels: one thread an index, or a row of a chip.
#pragma once

#include <string>

#include <cuda_runtime.h>

#include "core/error.hpp"
#include "core/koala_bear.hpp"
#include "kernels/chip_task.hpp"

namespace cairn::cuda {

/// Throws Error(kOutOfResource) for a status that is none of ours to mend.
inline void cuda_check(cudaError_t status, const char* what) {
  if (status == cudaSuccess) return;
  throw Error(Code::kOutOfResource,
              std::string("cuda: ") + what + ": " + cudaGetErrorString(status));
}

inline constexpr unsigned kBlock = 256;

/// Blocks for `count` indices. A grid's first dimension takes 2^31 - 1.
inline unsigned blocks_for(uint64_t count) {
  const uint64_t blocks = (count + kBlock - 1) / kBlock;
  check(blocks < uint64_t{1} << 31, "a launch fits a grid");
  return static_cast<unsigned>(blocks);
}

template <class Kernel>
__global__ void __launch_bounds__(kBlock) run_index(const __grid_constant__ Kernel kernel) {
  const uint64_t i = uint64_t{blockIdx.x} * kBlock + threadIdx.x;
  if (i < kernel.count) kernel.template operator()<KoalaBear>(i);
}

template <class Kernel>
void launch_index(const Kernel& kernel, cudaStream_t stream) {
  if (kernel.count == 0) return;
  run_index<<<blocks_for(kernel.count), kBlock, 0, stream>>>(kernel);
  cuda_check(cudaGetLastError(), "launch");
}

/// `Body<Chip>{task}` is called with the row, as the scalar bodies of chips are.
template <class Body>
__global__ void __launch_bounds__(kBlock)
    run_rows(const __grid_constant__ ChipTask task, uint64_t count) {
  const uint64_t row = uint64_t{blockIdx.x} * kBlock + threadIdx.x;
  if (row < count) Body{task}(row);
}

/// The same for bodies that are templates of the lane type.
template <class Body>
__global__ void __launch_bounds__(kBlock)
    run_lanes(const __grid_constant__ ChipTask task, uint64_t count) {
  const uint64_t row = uint64_t{blockIdx.x} * kBlock + threadIdx.x;
  if (row < count) Body{task}.template operator()<KoalaBear>(row);
}

/// Defines launch() for one kernel.
#define CAIRN_DEFINE_KERNEL_LAUNCH(Kernel) \
  void launch(const Kernel& kernel, cudaStream_t stream) { launch_index(kernel, stream); }

}  // namespace cairn::cuda
