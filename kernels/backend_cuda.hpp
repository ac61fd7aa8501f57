// The backend of one CUDA device. Only in builds with CAIRN_CUDA.
#pragma once

#include <memory>

#include "kernels/backend.hpp"

namespace cairn {

/// Error(kOutOfResource) when there is no such device or its driver does not fit.
Result<std::unique_ptr<Backend>> make_cuda_backend(const BackendOptions& options);

}  // namespace cairn
