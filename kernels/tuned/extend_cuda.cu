// The launches of tuned/extend_tiles.hpp.
#include "kernels/extend.hpp"
#include "kernels/launch.cuh"
#include "kernels/tuned/extend_tiles.hpp"
#include "kernels/tuned/launches.cuh"

namespace cairn::cuda {
namespace {

/// kBlocks of them are to fit a multiprocessor: as many as the registers of a round allow.
template <class Tile, int kThreads, int kBlocks>
__global__ void __launch_bounds__(kThreads, kBlocks) run_tile(const __grid_constant__ Tile tile) {
  extern __shared__ uint32_t words[];
  auto* shared = reinterpret_cast<KoalaBear*>(words);
  const uint32_t phases = tile.phases();
  for (uint32_t phase = 0; phase < phases; ++phase) {
    if (phase > 0) __syncthreads();
    tile.phase(phase, blockIdx.x, threadIdx.x, kThreads, shared);
  }
}

template <int kThreads, int kBlocks, class Tile>
void launch_tile(const Tile& tile, size_t shared_values, cudaStream_t stream) {
  const uint64_t blocks = tile.blocks();
  check(blocks < uint64_t{1} << 31, "a launch fits a grid");
  const size_t bytes = shared_values * sizeof(KoalaBear);
  if (bytes > size_t{48} << 10) {
    cuda_check(
        cudaFuncSetAttribute(run_tile<Tile, kThreads, kBlocks>,
                             cudaFuncAttributeMaxDynamicSharedMemorySize, static_cast<int>(bytes)),
        "shared memory of a transform");
  }
  run_tile<Tile, kThreads, kBlocks>
      <<<static_cast<unsigned>(blocks), kThreads, bytes, stream>>>(tile);
  cuda_check(cudaGetLastError(), "launch of a transform");
}

}  // namespace

void launch_extend(const ExtendTiles& launches, cudaStream_t stream) {
  const auto launch_high = [&](const HighTile& tile) {
    launch_tile<tiles::kHighThreads, 2>(tile, size_t{1} << tile.log_tile(), stream);
  };
  if (launches.tall) launch_high(launches.down);
  launch_tile<tiles::kLowThreads, 3>(launches.turn, size_t{2} << tiles::kLogLowTile, stream);
  if (launches.tall) launch_high(launches.up);
}

}  // namespace cairn::cuda
