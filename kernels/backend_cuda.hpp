// The backend of one CUDA device. Only in builds with CAIRN_CUDA.
#pragma once

#include <memory>
#include <optional>

#include "kernels/backend.hpp"

namespace cairn {

/// Error(kOutOfResource) when there is no such device or its driver does not fit.
Result<std::unique_ptr<Backend>> make_cuda_backend(const BackendOptions& options);

/// Where a CUDA backend orders its kernels, for libraries that work between them.
struct DeviceQueue {
  int device;
  void* stream;  // a cudaStream_t
};
/// None for a backend of another kind, dual among them.
std::optional<DeviceQueue> device_queue(const Backend& backend);

}  // namespace cairn
