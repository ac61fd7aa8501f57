#include "kernels/backend_cpu.hpp"

#include <cstdlib>
#include <cstring>

#include <fmt/format.h>

#include "kernel_headers.hpp"  // made by CMake: all headers of CAIRN_KERNELS

namespace cairn {
namespace {

/// Indices that a thread takes at a time; a multiple of every vector's width. A kernel whose
/// indices are heavier or lighter than a few loads says its own kGrain.
constexpr uint64_t kGrain = 4096;
constexpr uint64_t kChipGrain = 256;
constexpr size_t kCopyGrain = size_t{1} << 20;

template <class Kernel>
constexpr uint64_t grain_of() {
  if constexpr (requires { Kernel::kGrain; }) {
    static_assert(Kernel::kGrain % 64 == 0);
    return Kernel::kGrain;
  } else {
    return kGrain;
  }
}

}  // namespace

CpuTargets available_targets() {
  CpuTargets targets{{&scalar::kTarget}, 1};
#if defined(CAIRN_HAS_AVX2)
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2")) {
    targets.item[targets.count++] = &avx2::kTarget;
  }
#endif
#if defined(CAIRN_HAS_AVX512)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {
    targets.item[targets.count++] = &avx512::kTarget;
  }
#endif
  return targets;
}

Result<const CpuTarget*> choose_target(std::string_view simd) {
  const CpuTargets targets = available_targets();
  if (simd.empty()) {
    const char* wanted = std::getenv("CAIRN_SIMD");
    if (wanted == nullptr || *wanted == '\0') return &targets.best();
    simd = wanted;
  }
  for (const CpuTarget* target : targets) {
    if (simd == target->name) return target;
  }
  if (simd == "avx2" || simd == "avx512") {
    return Error(
        Code::kOutOfResource,
        fmt::format("instruction set {}: this processor and build offer no wider one than {}", simd,
                    targets.best().name));
  }
  return Error(Code::kUsage,
               fmt::format("instruction set \"{}\": scalar, avx2 or avx512 is wanted", simd));
}

CpuBackend::CpuBackend(const CpuTarget& target, unsigned threads, size_t memory_limit)
    : target_(target), arena_(memory_limit), pool_(threads) {
  name_ = fmt::format("cpu-{}", target.name);
}

void CpuBackend::copy_in(void* to, const void* from_host, size_t bytes) {
  pool_.parallel_for(bytes, kCopyGrain, [=](uint64_t begin, uint64_t end) {
    std::memcpy(static_cast<char*>(to) + begin, static_cast<const char*>(from_host) + begin,
                end - begin);
  });
}

void CpuBackend::copy(void* to, const void* from, size_t bytes) { copy_in(to, from, bytes); }

void CpuBackend::copy_out(void* to_host, const void* from, size_t bytes) {
  copy_in(to_host, from, bytes);
}

void CpuBackend::clear(void* memory, size_t bytes) {
  pool_.parallel_for(bytes, kCopyGrain, [=](uint64_t begin, uint64_t end) {
    std::memset(static_cast<char*>(memory) + begin, 0, end - begin);
  });
}

void CpuBackend::run_range(uint64_t count, uint64_t grain, const Range& wide, const Range& narrow) {
  const uint64_t whole = count - count % target_.lanes;
  pool_.parallel_for(whole, grain, wide);
  if (whole != count) narrow(whole, count);
}

#define CAIRN_ENTRY(file, Kernel)                                                                 \
  void CpuBackend::run(const Kernel& kernel) {                                                    \
    run_range(                                                                                    \
        kernel.count, grain_of<Kernel>(),                                                         \
        [&](uint64_t begin, uint64_t end) { target_.run_##Kernel(kernel, begin, end); },          \
        [&](uint64_t begin, uint64_t end) { scalar::kTarget.run_##Kernel(kernel, begin, end); }); \
  }
CAIRN_KERNELS(CAIRN_ENTRY)
#undef CAIRN_ENTRY

void CpuBackend::run_chip(uint32_t chip, const ChipTask& task) {
  check(chip < kChipCount, "the number of a chip in CAIRN_CHIPS");
  const bool packed = task.work == ChipWork::kLookups || task.work == ChipWork::kConstraints;
  // A vector must not span the two halves of a domain.
  const bool wide = packed && task.part.height() >= target_.lanes;
  const auto loop = (wide ? target_ : scalar::kTarget).run_chip[chip];
  if (counts(task.work)) return count_apart(task, loop);
  pool_.parallel_for(task.count(), kChipGrain,
                     [&](uint64_t begin, uint64_t end) { loop(task, begin, end); });
}

void CpuBackend::count_apart(const ChipTask& task, CpuTarget::RunChip* run) {
  // Adding up the threads' entries costs as much as counting some thousand rows.
  constexpr uint64_t kFewRows = 4096;
  const uint64_t entries = task.counts.entry_count;
  if (pool_.threads() == 1 || task.count() <= kFewRows) return run(task, 0, task.count());
  if (own_entries_.empty() || own_entries_[0].size() < entries) {
    own_entries_.clear();
    for (unsigned i = 0; i < pool_.threads(); ++i) {
      own_entries_.emplace_back(*this, entries);
      own_entries_.back().clear();
    }
  }
  pool_.parallel_for(task.count(), kChipGrain, [&](uint64_t begin, uint64_t end) {
    ChipTask mine = task;
    mine.counts = task.counts.with_entries(own_entries_[ThreadPool::thread_index()].data());
    run(mine, begin, end);
  });
  pool_.parallel_for(entries, kGrain, [&](uint64_t begin, uint64_t end) {
    uint32_t* const sum = task.counts.entries();
    for (Buffer<uint32_t>& own : own_entries_) {
      uint32_t* const part = own.data();
      for (uint64_t i = begin; i < end; ++i) sum[i] += part[i];
      std::memset(part + begin, 0, (end - begin) * sizeof(uint32_t));
    }
  });
}

}  // namespace cairn
