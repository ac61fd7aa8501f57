// What a chip's kernels are told: one plain struct for all chips, so that a backend needs no
// template to start them. Which of the kernels runs is `work`; what each reads and writes is
// said below and in kernels/chip_kernels.hpp.
#pragma once

#include <cstdint>

#include "air/bus.hpp"
#include "air/image.hpp"
#include "air/part.hpp"

namespace cairn {

enum class ChipWork : uint8_t {
  kFill,          // rows -> main columns
  kCountUses,     // rows -> counts
  kFillAndCount,  // both, for chips that do not read counts
  kLookups,       // main and fixed columns, challenges -> helper columns but S, and the row sums
  kConstraints,   // extended columns, challenges -> accumulator += sum of weighted constraints
};
constexpr bool fills(ChipWork work) {
  return work == ChipWork::kFill || work == ChipWork::kFillAndCount;
}
constexpr bool counts(ChipWork work) {
  return work == ChipWork::kCountUses || work == ChipWork::kFillAndCount;
}

struct ChipTask {
  ChipWork work;
  Part part;
  Image image;
  Counts counts;

  /// Column i at main + i * stride; stride is N for traces, 2 N for extended columns. Helper
  /// columns likewise, five base columns for each pair of fractions, S last.
  KoalaBear* main;
  KoalaBear* helper;
  const KoalaBear* fixed;
  uint64_t stride;

  /// kLookups writes the sum of all fractions of each row to the place of S; the prefix sum comes
  /// after.
  const LookupChallenges* challenges;  // in the backend's memory

  /// kConstraints, over the 2 N points of the evaluation domain, coset-major.
  const KoalaBear5* weights;  // lambda^k for this part's constraints, in the backend's memory
  KoalaBear5 sum_share;       // sigma / N
  const KoalaBear* is_first;  // 2 N values each
  const KoalaBear* is_last;
  const KoalaBear* except_last;
  KoalaBear* accumulator;  // five base columns of 2 N values

  /// When counting: set to 1 + the row number when a row uses a message that nothing provides.
  uint32_t* unprovided;

  /// Number of indices: rows, or points.
  uint64_t count() const {
    return uint64_t{part.height()} * (work == ChipWork::kConstraints ? 2 : 1);
  }
};

}  // namespace cairn
