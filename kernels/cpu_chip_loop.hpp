// The loop over the rows of one chip, compiled for each chip by itself and for each instruction
// set.
//
// Filling and counting are scalar work: only the scalar set compiles them.
#pragma once

#include "core/packed.hpp"
#include "kernels/chip_kernels.hpp"

#if !defined(CAIRN_SIMD_AVX512) && !defined(CAIRN_SIMD_AVX2)
#include <atomic>
#endif

namespace cairn::CAIRN_SIMD {

#if !defined(CAIRN_SIMD_AVX512) && !defined(CAIRN_SIMD_AVX2)
/// Counts are shared by all threads of the backend.
struct AtomicAdd {
  static void add(uint32_t& count, uint32_t amount) {
    std::atomic_ref<uint32_t>(count).fetch_add(amount, std::memory_order_relaxed);
  }
};
#endif

template <class Chip>
HOST_DEVICE void run_chip_loop(const ChipTask& task, uint64_t begin, uint64_t end) {
  constexpr uint64_t kLanes = PackedKoalaBear::kWidth;
  switch (task.work) {
    case ChipWork::kLookups:
      for (uint64_t row = begin; row < end; row += kLanes) {
        LookupColumns<Chip>{task}.template operator()<PackedKoalaBear>(row);
      }
      break;
    case ChipWork::kConstraints:
      for (uint64_t point = begin; point < end; point += kLanes) {
        Constraints<Chip>{task}.template operator()<PackedKoalaBear>(point);
      }
      break;
#if !defined(CAIRN_SIMD_AVX512) && !defined(CAIRN_SIMD_AVX2)
    case ChipWork::kFill:
      for (uint64_t row = begin; row < end; ++row) FillTrace<Chip>{task}(row);
      break;
    case ChipWork::kCountUses:
      for (uint64_t row = begin; row < end; ++row) CountUses<Chip, AtomicAdd>{task}(row);
      break;
#else
    default:
      break;
#endif
  }
}

}  // namespace cairn::CAIRN_SIMD
