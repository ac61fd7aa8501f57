// The launch of tuned/subtree_tile.hpp.
#include "kernels/launch.cuh"
#include "kernels/tuned/launches.cuh"
#include "kernels/tuned/subtree_tile.hpp"

namespace cairn::cuda {
namespace {

template <Hash kHash>
__global__ void __launch_bounds__(SubtreeTile<kHash>::kMaxThreads)
    hash_subtrees(const __grid_constant__ SubtreeTile<kHash> tile) {
  extern __shared__ uint32_t digests[];
  const uint32_t phases = tile.phases();
  for (uint32_t phase = 0; phase < phases; ++phase) {
    if (phase > 0) __syncthreads();
    tile.phase(phase, blockIdx.x, threadIdx.x, digests);
  }
}

template <Hash kHash>
void launch(const HashSubtrees& kernel, cudaStream_t stream) {
  const SubtreeTile<kHash> tile{kernel};
  check(tile.blocks() < uint64_t{1} << 31, "a launch fits a grid");
  hash_subtrees<kHash><<<static_cast<unsigned>(tile.blocks()), tile.threads(),
                         tile.shared_words() * sizeof(uint32_t), stream>>>(tile);
  cuda_check(cudaGetLastError(), "launch of a Merkle tree's leaves");
}

}  // namespace

bool launch_subtrees(const HashSubtrees& kernel, cudaStream_t stream) {
  if (kernel.depth == 0 || kernel.count == 0) return kernel.count == 0;
  if (kernel.rows.hash == Hash::kBlake3) {
    launch<Hash::kBlake3>(kernel, stream);
  } else {
    launch<Hash::kPoseidon>(kernel, stream);
  }
  return true;
}

}  // namespace cairn::cuda
