// The backend of host memory, threads and vectors.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "kernels/arena.hpp"
#include "kernels/backend.hpp"
#include "kernels/buffer.hpp"
#include "kernels/cpu_target.hpp"
#include "kernels/thread_pool.hpp"

namespace cairn {

class CpuBackend final : public Backend {
 public:
  CpuBackend(const CpuTarget& target, unsigned threads, size_t memory_limit);

  std::string_view name() const override { return name_; }
  void* allocate(size_t bytes) override { return arena_.allocate(bytes); }
  void release(void* memory) noexcept override { arena_.release(memory); }
  void copy_in(void* to, const void* from_host, size_t bytes) override;
  void copy(void* to, const void* from, size_t bytes) override;
  void copy_out(void* to_host, const void* from, size_t bytes) override;
  void clear(void* memory, size_t bytes) override;
  void synchronize() override {}
  size_t bytes_in_use() const override { return arena_.bytes_in_use(); }
  size_t peak_bytes() const override { return arena_.peak_bytes(); }
  bool reads_host_memory() const override { return true; }

#define CAIRN_ENTRY(file, Kernel) void run(const Kernel& kernel) override;
  CAIRN_KERNELS(CAIRN_ENTRY)
#undef CAIRN_ENTRY
  void run_chip(uint32_t chip, const ChipTask& task) override;
  void extend(const ExtendTask& task) override;  // extend_cpu.cpp

  ThreadPool& pool() { return pool_; }
  const CpuTarget& target() const { return target_; }

 private:
  using Range = std::function<void(uint64_t begin, uint64_t end)>;

  /// Shares out [0, count): `wide` gets multiples of the vector's width, `narrow` what is left
  /// over.
  void run_range(uint64_t count, uint64_t grain, const Range& wide, const Range& narrow);

  /// Counts the rows of a part, the entries by each thread in an array of its own.
  void count_apart(const ChipTask& task, CpuTarget::RunChip* run);

  const CpuTarget& target_;
  std::string name_;
  Arena arena_;
  ThreadPool pool_;
  std::vector<Buffer<uint32_t>> own_entries_;  // by thread; all 0 between calls
};

/// The set named `simd`, or by $CAIRN_SIMD when that is empty, or the widest. Error(kUsage) for a
/// name that is none, Error(kOutOfResource) for a set that this processor or build lacks.
Result<const CpuTarget*> choose_target(std::string_view simd);

}  // namespace cairn
