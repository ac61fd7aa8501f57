// The launches that replace plain ones of the CUDA backend. Each file of tuned/ that has one keeps
// the plain body as its oracle (tests/kernels).
#pragma once

#include <cuda_runtime.h>

namespace cairn {
struct ExtendTiles;
struct HashSubtrees;

namespace cuda {
void launch_extend(const ExtendTiles& launches, cudaStream_t stream);
/// False: too small to gain by it, the plain kernel is to run.
bool launch_subtrees(const HashSubtrees& kernel, cudaStream_t stream);
}  // namespace cuda
}  // namespace cairn
