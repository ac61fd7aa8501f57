#include <algorithm>
#include <mutex>
#include <unordered_map>

#include "air/chips.hpp"
#include "kernels/backend_cuda.hpp"
#include "kernels/cuda_streams.cuh"
#include "kernels/devices.hpp"
#include "kernels/extend.hpp"
#include "kernels/launch.cuh"
#include "kernels/merkle_hash.hpp"
#include "kernels/staging.hpp"
#include "kernels/tuned/extend_tiles.hpp"
#include "kernels/tuned/launches.cuh"

namespace cairn {
namespace cuda {

#define CAIRN_ENTRY(file, Kernel) void launch(const Kernel& kernel, cudaStream_t stream);
CAIRN_KERNELS(CAIRN_ENTRY)
#undef CAIRN_ENTRY

#define CAIRN_ENTRY(file, Chip) void launch_chip_##file(const ChipTask& task, cudaStream_t stream);
CAIRN_CHIPS(CAIRN_ENTRY)
#undef CAIRN_ENTRY

namespace {

/// A kernel's tuned launch where it has one, else the plain one.
template <class Kernel>
void start(const Kernel& kernel, cudaStream_t stream) {
  launch(kernel, stream);
}
void start(const HashSubtrees& kernel, cudaStream_t stream) {
  if (!launch_subtrees(kernel, stream)) launch(kernel, stream);
}

using ChipLaunch = void (*)(const ChipTask&, cudaStream_t);
constexpr ChipLaunch kChipLaunches[] = {
#define CAIRN_ENTRY(file, Chip) launch_chip_##file,
    CAIRN_CHIPS(CAIRN_ENTRY)
#undef CAIRN_ENTRY
};

/// What the driver may take from the same memory for what kernels keep outside registers: as much
/// as the widest chip wants (docs/performance.md), for all threads that the device can hold.
size_t kept_for_threads(const cudaDeviceProp& properties) {
  constexpr size_t kBytesAThread = size_t{32} << 10;
  const size_t threads = static_cast<size_t>(properties.multiProcessorCount) *
                         static_cast<size_t>(properties.maxThreadsPerMultiProcessor);
  return std::min(threads * kBytesAThread, properties.totalGlobalMem / 2);
}

/// Bytes of a pinned slot: some 0.1 ms of a PCIe bus, long against what starting a copy takes.
constexpr size_t kSlotBytes = size_t{4} << 20;

/// Kernels are ordered by one stream, copies from and to the host by another. Memory comes from the
/// device's own arena, its stream-ordered pool, which keeps what it is given back: in the order of
/// the compute stream a block may have its next owner at once.
class CudaBackend final : public Backend {
 public:
  CudaBackend(int device, size_t limit) : device_(device), limit_(limit) {
    cudaDeviceProp properties;
    cuda_check(cudaGetDeviceProperties(&properties, device), "properties of the device");
    name_ = std::string("cuda-") + properties.name;
    if (limit_ == 0) limit_ = properties.totalGlobalMem - kept_for_threads(properties);
    use_device();
    streams_ = std::make_unique<Streams>();
    staging_ = std::make_unique<Staging<Streams>>(*streams_, kSlotBytes);
    stream_ = streams_->compute();
    cudaMemPool_t pool;
    cuda_check(cudaDeviceGetDefaultMemPool(&pool, device), "memory pool");
    uint64_t keep = ~uint64_t{0};
    cuda_check(cudaMemPoolSetAttribute(pool, cudaMemPoolAttrReleaseThreshold, &keep),
               "memory pool's threshold");
  }
  ~CudaBackend() override {
    // Errors have been reported by the call that met them; what is left cannot be mended here.
    cudaSetDevice(device_);
    cudaDeviceSynchronize();
    staging_.reset();
    for (const auto& [memory, bytes] : used_) cudaFreeAsync(memory, stream_);
    cudaStreamSynchronize(stream_);
    streams_.reset();
  }

  std::string_view name() const override { return name_; }
  DeviceQueue queue() const { return {device_, stream_}; }

  void* allocate(size_t bytes) override {
    bytes = std::max<size_t>(bytes, 1);
    const std::lock_guard lock(mutex_);
    if (bytes > limit_ || in_use_ > limit_ - bytes) {
      throw Error(Code::kOutOfResource, shortfall(bytes, bytes - (limit_ - in_use_)));
    }
    use_device();
    void* memory = nullptr;
    const cudaError_t status = cudaMallocAsync(&memory, bytes, stream_);
    if (status == cudaErrorMemoryAllocation) {
      (void)cudaGetLastError();
      size_t free = 0, total = 0;
      cuda_check(cudaMemGetInfo(&free, &total), "memory of the device");
      throw Error(Code::kOutOfResource, shortfall(bytes, bytes > free ? bytes - free : bytes));
    }
    cuda_check(status, "allocation");
    used_.emplace(memory, bytes);
    in_use_ += bytes;
    peak_ = std::max(peak_, in_use_);
    return memory;
  }
  void release(void* memory) noexcept override {
    const std::lock_guard lock(mutex_);
    const auto block = used_.find(memory);
    if (block == used_.end()) return;
    in_use_ -= block->second;
    used_.erase(block);
    cudaSetDevice(device_);
    cudaFreeAsync(memory, stream_);
  }
  void copy_in(void* to, const void* from_host, size_t bytes) override {
    if (bytes == 0) return;
    use_device();
    const std::lock_guard lock(joining_);
    streams_->copies_follow();
    staging_->copy_in(to, from_host, bytes);
    streams_->kernels_follow();
  }
  void copy(void* to, const void* from, size_t bytes) override {
    if (bytes == 0) return;
    use_device();
    cuda_check(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToDevice, stream_), "copy");
  }
  void copy_out(void* to_host, const void* from, size_t bytes) override {
    if (bytes == 0) return;
    use_device();
    {
      const std::lock_guard lock(joining_);
      streams_->copies_follow();
    }
    staging_->copy_out(to_host, from, bytes);
  }
  void clear(void* memory, size_t bytes) override {
    use_device();
    cuda_check(cudaMemsetAsync(memory, 0, bytes, stream_), "clear");
  }
  void synchronize() override {
    use_device();
    cuda_check(cudaStreamSynchronize(stream_), "kernels before a synchronization");
  }
  size_t bytes_in_use() const override { return in_use_; }
  size_t peak_bytes() const override { return peak_; }
  bool reads_host_memory() const override { return false; }

#define CAIRN_ENTRY(file, Kernel)           \
  void run(const Kernel& kernel) override { \
    use_device();                           \
    start(kernel, stream_);                 \
  }
  CAIRN_KERNELS(CAIRN_ENTRY)
#undef CAIRN_ENTRY

  void extend(const ExtendTask& task) override {
    if (task.log_height == 0) return Backend::extend(task);
    const ExtendTiles launches = make_extend_tiles(*this, task);
    use_device();
    launch_extend(launches, stream_);
  }
  void run_chip(uint32_t chip, const ChipTask& task) override {
    check(chip < kChipCount, "the number of a chip in CAIRN_CHIPS");
    use_device();
    kChipLaunches[chip](task, stream_);
  }

 private:
  /// A thread's current device is its own; any thread may use the backend.
  void use_device() { cuda_check(cudaSetDevice(device_), "choice of the device"); }
  std::string shortfall(size_t wanted, size_t missing) const {
    return "memory of " + name_ + ": " + std::to_string(wanted) + " bytes wanted with " +
           std::to_string(in_use_) + " of " + std::to_string(limit_) + " in use, " +
           std::to_string(missing) + " too few";
  }

  int device_;
  size_t limit_;
  std::string name_;
  std::unique_ptr<Streams> streams_;
  std::unique_ptr<Staging<Streams>> staging_;
  cudaStream_t stream_ = nullptr;  // the compute stream
  std::mutex joining_;             // the streams' events
  std::mutex mutex_;
  std::unordered_map<void*, size_t> used_;
  size_t in_use_ = 0;
  size_t peak_ = 0;
};

}  // namespace
}  // namespace cuda

std::vector<std::string> device_ids() {
  int count = 0;
  if (cudaGetDeviceCount(&count) != cudaSuccess) {
    (void)cudaGetLastError();  // no driver, or none that fits: no device
    return {};
  }
  std::vector<std::string> ids;
  for (int device = 0; device < count; ++device) {
    cudaDeviceProp properties;
    cuda::cuda_check(cudaGetDeviceProperties(&properties, device), "properties of the device");
    std::string id;
    for (const char byte : properties.uuid.bytes) {
      const auto value = static_cast<unsigned char>(byte);
      id += "0123456789abcdef"[value / 16];
      id += "0123456789abcdef"[value % 16];
    }
    ids.push_back(std::move(id));
  }
  return ids;
}

std::optional<DeviceQueue> device_queue(const Backend& backend) {
  const auto* made = dynamic_cast<const cuda::CudaBackend*>(&backend);
  return made != nullptr ? std::optional(made->queue()) : std::nullopt;
}

Result<std::unique_ptr<Backend>> make_cuda_backend(const BackendOptions& options) {
  int count = 0;
  const cudaError_t status = cudaGetDeviceCount(&count);
  if (status != cudaSuccess) {
    (void)cudaGetLastError();
    return Error(Code::kOutOfResource, std::string("backend cuda: ") + cudaGetErrorString(status));
  }
  if (options.device < 0 || options.device >= count) {
    return Error(Code::kOutOfResource, "backend cuda: device " + std::to_string(options.device) +
                                           " wanted, there are " + std::to_string(count));
  }
  try {
    return std::unique_ptr<Backend>(
        std::make_unique<cuda::CudaBackend>(options.device, options.memory_limit));
  } catch (const Error& error) {
    return error;
  }
}

}  // namespace cairn
