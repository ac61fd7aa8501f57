// Groups of devices by NCCL. The only file that includes <nccl.h>.
#include <chrono>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <thread>

#include <cuda_runtime.h>
#include <fmt/format.h>
#include <nccl.h>

#include "kernels/backend_cuda.hpp"
#include "kernels/device_group.hpp"

namespace cairn {
namespace {

Code code_of(ncclResult_t status) {
  if (status == ncclRemoteError) return Code::kPeerLost;
  return status == ncclInvalidArgument ? Code::kBug : Code::kOutOfResource;
}

/// One line: the call, what NCCL says of it, and how to do without. `comm` may be null.
void nccl_check(ncclResult_t status, const char* call, ncclComm_t comm) {
  if (status == ncclSuccess) return;
  const char* detail = ncclGetLastError(comm);
  std::string more = detail != nullptr ? detail : "";
  more = more.substr(0, more.find('\n'));
  throw Error(code_of(status),
              fmt::format("{}: {}{}{}; CAIRN_SUMS=mpi sums without NCCL", call,
                          ncclGetErrorString(status), more.empty() ? "" : ": ", more));
}

void cuda_check(cudaError_t status, const char* what) {
  if (status == cudaSuccess) return;
  throw Error(Code::kOutOfResource, fmt::format("cuda: {}: {}", what, cudaGetErrorString(status)));
}

class NcclGroup final : public DeviceGroup {
 public:
  NcclGroup(const DeviceQueue& queue, const ncclUniqueId& id, int member, int size)
      : device_(queue.device), stream_(static_cast<cudaStream_t>(queue.stream)) {
    use_device();
    nccl_check(ncclCommInitRank(&comm_, size, id, member), "ncclCommInitRank", nullptr);
  }
  ~NcclGroup() override {
    cudaSetDevice(device_);
    // A call that failed is still under way on the others: to destroy would wait for it.
    (void)(failed_ ? ncclCommAbort(comm_) : ncclCommDestroy(comm_));
  }

  void sum(uint32_t* values, size_t count) override {
    finish("ncclAllReduce", [&] {
      return ncclAllReduce(values, values, count, ncclUint32, ncclSum, comm_, stream_);
    });
  }
  void broadcast(uint32_t* values, size_t count) override {
    finish("ncclBroadcast",
           [&] { return ncclBroadcast(values, values, count, ncclUint32, 0, comm_, stream_); });
  }

 private:
  void use_device() const { cuda_check(cudaSetDevice(device_), "choice of the device"); }

  /// Starts a call on the compute stream and waits for its end, or for what is wrong with it: a
  /// plain synchronization would wait for ever for a member that is gone.
  template <class Call>
  void finish(const char* name, Call&& call) {
    failed_ = true;
    use_device();
    nccl_check(call(), name, comm_);
    for (;;) {
      const cudaError_t done = cudaStreamQuery(stream_);
      if (done == cudaSuccess) break;
      if (done != cudaErrorNotReady) cuda_check(done, name);
      ncclResult_t status = ncclSuccess;
      nccl_check(ncclCommGetAsyncError(comm_, &status), "ncclCommGetAsyncError", comm_);
      nccl_check(status, name, comm_);
      std::this_thread::sleep_for(std::chrono::microseconds(100));
    }
    failed_ = false;
  }

  int device_;
  cudaStream_t stream_;
  ncclComm_t comm_ = nullptr;
  bool failed_ = false;
};

class NcclGroups final : public DeviceGroups {
 public:
  std::string about() const override {
    int version = 0;
    nccl_check(ncclGetVersion(&version), "ncclGetVersion", nullptr);
    return fmt::format("NCCL {}.{}.{}", version / 10000, version / 100 % 100, version % 100);
  }
  bool serves(const Backend& backend) const override { return device_queue(backend).has_value(); }
  std::vector<std::byte> make_id() override {
    ncclUniqueId id;
    nccl_check(ncclGetUniqueId(&id), "ncclGetUniqueId", nullptr);
    const std::span<const std::byte> bytes = std::as_bytes(std::span(&id, 1));
    return {bytes.begin(), bytes.end()};
  }
  std::unique_ptr<DeviceGroup> join(Backend& backend, const std::vector<std::byte>& id, int member,
                                    int size) override {
    const std::optional<DeviceQueue> queue = device_queue(backend);
    ncclUniqueId name;
    check(queue && id.size() == sizeof(name), "a CUDA backend, and an id that make_id() made");
    std::memcpy(&name, id.data(), sizeof(name));
    return std::make_unique<NcclGroup>(*queue, name, member, size);
  }
};

}  // namespace

DeviceGroups* nccl_groups() {
  static NcclGroups groups;
  return &groups;
}

}  // namespace cairn
