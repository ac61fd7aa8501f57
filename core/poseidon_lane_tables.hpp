// Constants of Poseidon over vectors (core/poseidon_lanes.hpp), computed by the compiler.
//
// Products and sums of small numbers are reduced there by whatever power of two comes cheap, so
// that a round's state is the state times a known factor: the same one in all lanes, which the
// constants of the next round take up, and the linear map of the partial rounds brings back to one.
#pragma once

#include <cstdint>

#include "core/koala_bear.hpp"
#include "core/poseidon_constants.hpp"
#include "core/poseidon_tables.hpp"

namespace cairn::poseidon {

/// Of the entries of a row of the matrix.
inline constexpr uint32_t kRowSum = 371;

/// Sums that the partial rounds take: an S-box's input in each (the first is not a sum, and not
/// used), then the state.
inline constexpr int kPartialSums = kPartialRounds + kWidth;

struct LaneTables {
  /// Pairs of matrix entries as 16-bit halves: [i][k] is what lanes 2k and 2k + 1 give to lane i.
  uint32_t matrix[kWidth][kWidth / 2];
  /// What is added to the input, and to the state after each full round, modulo 2^32.
  uint32_t before[kWidth];
  uint32_t after[kFullRounds][kWidth];
  /// One sum of the partial rounds: factors of lanes 1 .. 15 and of the S-boxes' outputs, and what
  /// is added. All below p.
  struct Sum {
    uint64_t lane[kWidth];
    uint64_t output[kPartialRounds];
    uint64_t offset;
  };
  Sum sum[kPartialSums];
};

/// 2^-16: what the sums of a full round are multiplied by.
consteval KoalaBear matrix_scale() { return KoalaBear(int64_t{1} << 16).inverse(); }

/// The representative of least absolute value, as 32 bits.
consteval uint32_t centred(KoalaBear x) {
  return x.montgomery() <= KoalaBear::kModulus / 2 ? x.montgomery()
                                                   : x.montgomery() - KoalaBear::kModulus;
}

consteval LaneTables make_lane_tables() {
  constexpr int kHalf = kFullRounds / 2;
  const RoundConstants constants = round_constants();
  const PartialTables partial = make_partial_tables();
  const auto element = [](uint32_t bits) { return KoalaBear::from_montgomery(bits); };
  LaneTables t{};

  for (int i = 0; i < kWidth; ++i) {
    for (int k = 0; k < kWidth / 2; ++k) {
      t.matrix[i][k] = static_cast<uint32_t>(kMatrixRow[(2 * k - i) & (kWidth - 1)]) |
                       static_cast<uint32_t>(kMatrixRow[(2 * k + 1 - i) & (kWidth - 1)]) << 16;
    }
    // The input is in [0, p): its sum with a number in [-p, 0) is in [-p, p).
    t.before[i] = constants.value[0][i].montgomery() - KoalaBear::kModulus;
  }

  // Factors of the state before each round of the first half, and after it.
  KoalaBear scale(1);
  for (int round = 0; round < kHalf; ++round) {
    scale = scale * scale * scale * matrix_scale();
    for (int i = 0; i < kWidth; ++i) {
      // The partial rounds take lanes 1 .. 15 in (0, 2 p), and lane 0 straight into an S-box.
      t.after[round][i] = round + 1 < kHalf ? centred(constants.value[round + 1][i] * scale)
                          : i == 0          ? centred(element(partial.offset[0]) * scale)
                                            : KoalaBear::kModulus;
    }
  }
  const KoalaBear in = scale;

  // In the second half the factor ends as one: x -> x^3 is undone four times. 3 d = 1 modulo p - 1.
  constexpr uint64_t kCubeRoot = (2 * uint64_t{KoalaBear::kModulus - 1} + 1) / 3;
  static_assert(3 * kCubeRoot % (KoalaBear::kModulus - 1) == 1);
  scale = KoalaBear(1);
  for (int round = kFullRounds - 1; round >= kHalf; --round) {
    for (int i = 0; i < kWidth; ++i) {
      t.after[round][i] = round + 1 < kFullRounds
                              ? centred(constants.value[kPartialRounds + round + 1][i] * scale)
                              : 0;
    }
    scale = (scale * matrix_scale().inverse()).power(kCubeRoot);
  }
  const KoalaBear out = scale;

  // Sums are reduced by 2^-32; so what is added to them is in Montgomery form twice.
  const KoalaBear radix(int64_t{1} << 32), in_inverse = in.inverse();
  const KoalaBear first_inverse = (in * in * in).inverse();  // of the first S-box's output
  for (int s = 1; s < kPartialSums; ++s) {
    const bool state = s >= kPartialRounds;
    const int i = state ? s - kPartialRounds : 0;
    const int k = state ? kPartialRounds : s;  // outputs so far
    const KoalaBear factor = state ? out : KoalaBear(1);
    LaneTables::Sum& sum = t.sum[s];
    for (int j = 1; j < kWidth; ++j) {
      const uint32_t entry = state ? partial.last_row[i][j] : partial.row[k][j];
      sum.lane[j] = (element(entry) * in_inverse * factor).montgomery();
    }
    for (int j = 0; j < k; ++j) {
      const KoalaBear entry = element(partial.kick[k - 1 - j][i]) * factor;
      sum.output[j] = (j == 0 ? entry * first_inverse : entry).montgomery();
    }
    const KoalaBear offset =
        state ? element(partial.last_offset[i]) + constants.value[kHalf + kPartialRounds][i]
              : element(partial.offset[k]);
    sum.offset = (offset * factor * radix).montgomery();
  }
  return t;
}

/// The tables, where they are compiled in.
inline constexpr LaneTables kLaneTables = make_lane_tables();

// How far from zero words can be. An S-box takes any x of 32 bits.
inline constexpr int64_t kHalfModulus = KoalaBear::kModulus / 2 + 1;
/// Of x^2 2^-32 and x^3 2^-64 for |x| <= bound: quotients of least absolute value leave half of p.
constexpr int64_t square_bound(int64_t bound) { return (bound * bound >> 32) + 1 + kHalfModulus; }
constexpr int64_t cube_bound(int64_t bound) {
  return static_cast<int64_t>((uint64_t{static_cast<uint64_t>(square_bound(bound))} *
                               static_cast<uint64_t>(bound)) >>
                              32) +
         1 + kHalfModulus;
}
/// Of a full round's sums, without what is added: high halves, and what join() makes of the low.
inline constexpr int64_t kAnyWord = int64_t{1} << 31;
inline constexpr int64_t kSumBound =
    kRowSum * ((cube_bound(kAnyWord) >> 16) + 1) + 32512 * 0x8000 + (kRowSum + 1);
/// Of what partial rounds feed to an S-box, but for the first.
inline constexpr int64_t kSplitSumBound = kHalfModulus + (int64_t{kPartialSums} << 20);
inline constexpr int64_t kWideSumBound =
    kHalfModulus +
    static_cast<int64_t>((uint64_t{KoalaBear::kModulus} * KoalaBear::kModulus) >> 32) + 1;

constexpr bool after_fits() {
  for (int round = 0; round < kFullRounds; ++round) {
    const bool to_factors = round == kFullRounds / 2 - 1;
    for (int i = 0; i < kWidth; ++i) {
      const int64_t after = static_cast<int32_t>(kLaneTables.after[round][i]);
      if (to_factors && i > 0 ? after != KoalaBear::kModulus
                              : (after < 0 ? -after : after) + kSumBound >= kAnyWord) {
        return false;
      }
    }
  }
  return true;
}
static_assert(square_bound(kAnyWord) < kAnyWord && cube_bound(kAnyWord) < kAnyWord);
static_assert(after_fits(), "a full round's result does not fit a signed word");
static_assert(kSumBound < KoalaBear::kModulus, "one addition of p makes it positive");
static_assert(cube_bound(kSplitSumBound) < KoalaBear::kModulus);
static_assert(cube_bound(kWideSumBound) < KoalaBear::kModulus);
/// The first S-box of the partial rounds takes what the full rounds leave.
inline constexpr int64_t kFirstOffset =
    static_cast<int32_t>(kLaneTables.after[kFullRounds / 2 - 1][0]);
static_assert(cube_bound(kSumBound + (kFirstOffset < 0 ? -kFirstOffset : kFirstOffset)) <
                  KoalaBear::kModulus,
              "an S-box's output, which one addition of p is to make positive");

}  // namespace cairn::poseidon
