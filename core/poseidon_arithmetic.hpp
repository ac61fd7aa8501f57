// The two sums that Poseidon spends its time on, one state at a time (over vectors:
// core/poseidon_lanes.hpp):
//   apply_matrix(state)  the circulant of numbers up to 101: no product needs a reduction;
//   Dot                  sums of products with one Montgomery reduction at the end.
#pragma once

#include <cstdint>

#include "core/device.hpp"
#include "core/koala_bear.hpp"
#include "core/poseidon_constants.hpp"

// On a device every index must be known, so that states stay in registers.
#if defined(__CUDA_ARCH__)
#define CAIRN_UNROLL _Pragma("unroll")
#else
#define CAIRN_UNROLL
#endif

namespace cairn::poseidon {

/// 2 p^2: a sum is kept below it, takes two products more (4 p^2 < 2^64) and is lowered again.
inline constexpr uint64_t kTwoSquares = 2 * uint64_t{KoalaBear::kModulus} * KoalaBear::kModulus;

/// The matrix entry of distance k = j - i.
HOST_DEVICE uint32_t small_entry(int k) {
  static constexpr uint32_t kRow[kWidth] = {1,   1,  51, 1, 11, 17, 2,  1,
                                            101, 63, 15, 2, 67, 22, 13, 3};
  return kRow[k & (kWidth - 1)];
}

HOST_DEVICE void apply_matrix(KoalaBear (&state)[kWidth]) {
  uint32_t x[kWidth];
  CAIRN_UNROLL
  for (int i = 0; i < kWidth; ++i) x[i] = state[i].montgomery();
  CAIRN_UNROLL
  for (int i = 0; i < kWidth; ++i) {
    uint64_t sum = 0;  // below 371 p < 2^40
    CAIRN_UNROLL
    for (int j = 0; j < kWidth; ++j) sum += uint64_t{small_entry(j - i)} * x[j];
    // 2^31 = 2^24 - 1 modulo p, twice: below 2^34, then below 2 p.
    constexpr uint64_t kLow = (uint64_t{1} << 31) - 1;
    sum = (sum & kLow) + (sum >> 31) * ((1u << 24) - 1);
    const uint32_t word =
        static_cast<uint32_t>(sum & kLow) + static_cast<uint32_t>(sum >> 31) * ((1u << 24) - 1);
    const uint32_t less = word - KoalaBear::kModulus;
    state[i] = KoalaBear::from_montgomery(less < word ? less : word);
  }
}

/// A sum of products of a variable (made ready by factor()) and a constant in Montgomery form.
class Dot {
 public:
  using Factor = uint32_t;
  HOST_DEVICE static Factor factor(KoalaBear x) { return x.montgomery(); }
  HOST_DEVICE void add(Factor x, uint32_t c) { lower(sum_ + uint64_t{x} * c); }
  HOST_DEVICE void add(Factor x, uint32_t c, Factor y, uint32_t d) {
    lower(sum_ + uint64_t{x} * c + uint64_t{y} * d);
  }
  HOST_DEVICE KoalaBear reduced() const {
    const uint32_t quotient = static_cast<uint32_t>(sum_) * 0x81000001u;
    const uint32_t high = static_cast<uint32_t>((uint64_t{quotient} * KoalaBear::kModulus) >> 32);
    const uint32_t difference = static_cast<uint32_t>(sum_ >> 32) - high;
    const uint32_t more = difference + KoalaBear::kModulus;
    return KoalaBear::from_montgomery(more < difference ? more : difference);
  }

 private:
  HOST_DEVICE void lower(uint64_t sum) {
    const uint64_t less = sum - kTwoSquares;
    sum_ = less < sum ? less : sum;
  }
  uint64_t sum_ = 0;
};

}  // namespace cairn::poseidon
