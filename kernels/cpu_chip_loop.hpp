// The loop over the rows of one chip, compiled for each chip by itself and for each instruction
// set.
//
// Filling and counting are scalar work: only the scalar set compiles them.
#pragma once

#include "core/packed.hpp"
#include "kernels/chip_kernels.hpp"

#if !defined(CAIRN_SIMD_AVX512) && !defined(CAIRN_SIMD_AVX2)
#include "kernels/cpu_chip_rows.hpp"
#endif

namespace cairn::CAIRN_SIMD {

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
    default:
      return run_chip_rows<Chip>(task, begin, end);
#else
    default:
      break;
#endif
  }
}

}  // namespace cairn::CAIRN_SIMD
