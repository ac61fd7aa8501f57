// Chooses a backend by name, on this machine and in this build.
#include <fmt/format.h>

#include "kernels/backend_cpu.hpp"
#include "kernels/backend_dual.hpp"
#include "kernels/devices.hpp"
#if defined(CAIRN_CUDA)
#include "kernels/backend_cuda.hpp"
#endif

namespace cairn {
namespace {

using Made = Result<std::unique_ptr<Backend>>;

Made make_cpu(const BackendOptions& options) {
  Result<const CpuTarget*> target = choose_target(options.simd);
  if (!target.ok()) return target.error();
  return std::unique_ptr<Backend>(
      std::make_unique<CpuBackend>(*target.value(), options.threads, options.memory_limit));
}

#if defined(CAIRN_CUDA)
Made make_cuda(const BackendOptions& options) { return make_cuda_backend(options); }
#else
Made make_cuda(const BackendOptions&) {
  return Error(Code::kOutOfResource,
               "backend cuda: this program was built without it (CAIRN_CUDA is off)");
}
#endif

}  // namespace

#if !defined(CAIRN_CUDA)
std::vector<std::string> device_ids() { return {}; }
#endif

Made make_backend(std::string_view kind, const BackendOptions& options) {
  if (kind == "cpu") return make_cpu(options);
  if (kind == "cuda") return make_cuda(options);
  if (kind == "auto") {
    Made cuda = make_cuda(options);
    return cuda.ok() ? std::move(cuda) : make_cpu(options);
  }
  if (kind == "dual") {
    BackendOptions plain = options;
    plain.simd = "scalar";
    Made cuda = make_cuda(options);
    Made second = cuda.ok() ? std::move(cuda) : make_cpu(options);
    if (!second.ok()) return second.error();
    return make_dual_backend(make_cpu(plain).value(), std::move(second).value());
  }
  return Error(Code::kUsage,
               fmt::format("backend \"{}\": cpu, cuda, dual or auto is wanted", kind));
}

}  // namespace cairn
