// Running sums of an extension column, for the lookup argument's column S.
//
// Chunks of rows are summed, the sums are summed up likewise (a chunk's sum is a row of the next
// level), and each chunk then runs on from its own beginning. Additions only: scalar code keeps up
// with memory.
#pragma once

#include <cstdint>

#include "core/device.hpp"
#include "core/lanes.hpp"

namespace cairn {

class Backend;

/// Rows that one index sums.
inline constexpr uint64_t kSumChunk = 64;

/// sums[chunk] = sum of the chunk's rows; the last chunk may be short.
struct ChunkSums {
  const KoalaBear* column;
  uint64_t stride;
  uint64_t rows;
  KoalaBear* sums;
  uint64_t sums_stride;
  uint64_t count;  // chunks

  template <class V>
  HOST_DEVICE void operator()(uint64_t i) const {
    for (uint64_t chunk = i; chunk < i + kLaneCount<V>; ++chunk) {
      const uint64_t begin = chunk * kSumChunk;
      const uint64_t end = begin + kSumChunk < rows ? begin + kSumChunk : rows;
      for (int c = 0; c < kExtensionDegree; ++c) {
        const KoalaBear* base = column + c * stride;
        uint64_t sum = 0;  // of Montgomery forms
        for (uint64_t row = begin; row < end; ++row) sum += base[row].montgomery();
        sums[c * sums_stride + chunk] =
            KoalaBear::from_montgomery(static_cast<uint32_t>(sum % KoalaBear::kModulus));
      }
    }
  }
};

/// Replaces each row by the sum of those before it, less `share` for each of them. `starts` holds
/// what precedes each chunk, without shares.
struct ChunkScan {
  KoalaBear* column;
  uint64_t stride;
  uint64_t rows;
  const KoalaBear* starts;
  uint64_t starts_stride;
  KoalaBear5 share;
  uint64_t count;  // chunks

  template <class V>
  HOST_DEVICE void operator()(uint64_t i) const {
    for (uint64_t chunk = i; chunk < i + kLaneCount<V>; ++chunk) {
      const uint64_t begin = chunk * kSumChunk;
      const uint64_t end = begin + kSumChunk < rows ? begin + kSumChunk : rows;
      const KoalaBear shares(static_cast<int64_t>(begin));
      KoalaBear sum[kExtensionDegree];
      for (int c = 0; c < kExtensionDegree; ++c) {
        sum[c] = starts[c * starts_stride + chunk] - shares * share.c[c];
      }
      for (uint64_t row = begin; row < end; ++row) {
        // Five sums side by side: each waits for itself only.
        for (int c = 0; c < kExtensionDegree; ++c) {
          KoalaBear& cell = column[c * stride + row];
          const KoalaBear step = cell - share.c[c];
          cell = sum[c];
          sum[c] += step;
        }
      }
    }
  }
};

/// Replaces row i of the column (five base columns of `rows` elements, `stride` apart) by the sum
/// of the rows before i. Returns the sum of all rows.
KoalaBear5 exclusive_prefix_sum(Backend& backend, KoalaBear* column, uint64_t stride,
                                uint64_t rows);

/// The same, less i / rows of the whole sum: S_i = sum_{k < i} t_k - i sigma / rows. One more step
/// would lead back to S_0 = 0, so that S is a column on a cyclic domain. Returns sigma, the sum of
/// all rows.
KoalaBear5 cyclic_prefix_sum(Backend& backend, KoalaBear* column, uint64_t stride, uint64_t rows);

}  // namespace cairn
