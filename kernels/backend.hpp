// A Backend owns memory and runs kernels on it: cpu (threads and vectors), cuda (one device), dual
// (both, compared). Everything above speaks to this interface only.
//
// A kernel is a struct: fields are its arguments (plain pointers into the backend's memory),
// `count` its number of indices, operator()<V>(i) the work of indices i .. i + lanes - 1, where V
// is KoalaBear (one lane; a device thread, or a tail) or PackedKoalaBear.
// `backend.run(Kernel{...})` is the only call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/error.hpp"
#include "kernels/chip_task.hpp"
#include "kernels/kernels.hpp"
#include "kernels/tables.hpp"

namespace cairn {

struct NttTask;     // kernels/ntt.hpp
struct ExtendTask;  // kernels/extend.hpp

class Backend {
 public:
  Backend() = default;
  Backend(const Backend&) = delete;
  Backend& operator=(const Backend&) = delete;
  virtual ~Backend() = default;

  virtual std::string_view name() const = 0;

  /// Memory of the backend, 64-byte aligned, not cleared. Throws Error(kOutOfResource) with the
  /// shortfall.
  virtual void* allocate(size_t bytes) = 0;
  virtual void release(void* memory) noexcept = 0;
  virtual void copy_in(void* to, const void* from_host, size_t bytes) = 0;
  /// Between two places of this backend that do not overlap.
  virtual void copy(void* to, const void* from, size_t bytes) = 0;
  virtual void copy_out(void* to_host, const void* from, size_t bytes) = 0;
  virtual void clear(void* memory, size_t bytes) = 0;
  /// Waits for everything that was started.
  virtual void synchronize() = 0;

  virtual size_t bytes_in_use() const = 0;
  /// The most bytes that were in use at a time.
  virtual size_t peak_bytes() const = 0;

  /// True when pointers into host memory may be given to kernels as they are.
  virtual bool reads_host_memory() const = 0;

#define CAIRN_ENTRY(file, Kernel) virtual void run(const Kernel& kernel) = 0;
  CAIRN_KERNELS(CAIRN_ENTRY)
#undef CAIRN_ENTRY

  /// Runs one of a chip's kernels over the rows of a part; `chip` is its number in CAIRN_CHIPS.
  virtual void run_chip(uint32_t chip, const ChipTask& task) = 0;

  /// Transforms columns in place. The plain passes, unless a backend has better.
  virtual void transform(const NttTask& task);
  /// Low-degree extension (low_degree_extend checks and calls it), likewise.
  virtual void extend(const ExtendTask& task);

  /// Constant columns in this backend's memory.
  TableCache& tables() { return tables_; }

 private:
  TableCache tables_;
};

struct BackendOptions {
  unsigned threads = 0;  // cpu: 0 = all that this process may use
  int device = 0;        // cuda: the ordinal
  size_t memory_limit =
      0;  // bytes that may be in use at a time; 0 = what the machine or device has
  std::string simd =
      {};  // cpu: scalar, avx2 or avx512; empty = $CAIRN_SIMD, else the widest there is
};

/// `kind` is cpu, cuda, dual or auto (cuda where there is a device, else cpu). dual is the scalar
/// CPU beside cuda where there is a device, else beside the widest CPU set. Error(kOutOfResource)
/// when the machine or the build lacks what was asked for, Error(kUsage) for other names.
Result<std::unique_ptr<Backend>> make_backend(std::string_view kind, const BackendOptions& options);

}  // namespace cairn
