// Keccak-f[1600], the permutation: 25 lanes of 64 bits, lane (x, y) being number x + 5 y (Keccak
// reference, 1.2). Bit i of the state is bit i % 64 of lane i / 64.
#pragma once

#include <cstdint>

#include "core/device.hpp"
#include "core/felt.hpp"

namespace cairn::keccak {

inline constexpr int kRounds = 24;
inline constexpr int kLanes = 25;
inline constexpr int kLaneBits = 64;
/// A round constant has bits at the places 2^j - 1 for j = 0 to 6 only.
inline constexpr int kConstantBits = 7;

/// How far a lane is turned.
HOST_DEVICE constexpr int rotation(int lane) {
  constexpr uint8_t kTable[kLanes] = {0,  1,  62, 28, 27, 36, 44, 6,  55, 20, 3,  10, 43,
                                      25, 39, 41, 45, 15, 21, 8,  18, 2,  61, 56, 14};
  return kTable[lane];
}
/// The lane whose turned bits come to lane x + 5 y.
HOST_DEVICE constexpr int lane_from(int x, int y) { return (x + 3 * y) % 5 + 5 * x; }

/// Bit 2^j - 1 of a round's constant as bit j.
HOST_DEVICE constexpr uint32_t constant_bits(int round) {
  constexpr uint8_t kTable[kRounds] = {1,  26, 94, 112, 31, 33, 121, 85,  14,  12, 53, 38,
                                       63, 79, 93, 83,  82, 72, 22,  102, 121, 88, 33, 116};
  return kTable[round];
}
HOST_DEVICE constexpr uint64_t round_constant(int round) {
  uint64_t result = 0;
  for (int j = 0; j < kConstantBits; ++j) {
    result |= uint64_t{constant_bits(round) >> j & 1} << ((1 << j) - 1);
  }
  return result;
}

HOST_DEVICE constexpr uint64_t rotate_left(uint64_t x, int by) {
  return x << by | x >> ((64 - by) & 63);
}

/// What a round goes through: parities of the columns, the lanes with the parities added in, and
/// the result in `a`.
struct RoundTrace {
  uint64_t parity[5];
  uint64_t added[kLanes];
};

HOST_DEVICE constexpr RoundTrace traced_round(uint64_t (&a)[kLanes], int round) {
  RoundTrace t{};
  for (int x = 0; x < 5; ++x) t.parity[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
  for (int lane = 0; lane < kLanes; ++lane) {
    const int x = lane % 5;
    t.added[lane] = a[lane] ^ t.parity[(x + 4) % 5] ^ rotate_left(t.parity[(x + 1) % 5], 1);
  }
  uint64_t b[kLanes] = {};
  for (int lane = 0; lane < kLanes; ++lane) {
    const int from = lane_from(lane % 5, lane / 5);
    b[lane] = rotate_left(t.added[from], rotation(from));
  }
  for (int y = 0; y < kLanes; y += 5) {
    for (int x = 0; x < 5; ++x) a[y + x] = b[y + x] ^ (~b[y + (x + 1) % 5] & b[y + (x + 2) % 5]);
  }
  a[0] ^= round_constant(round);
  return t;
}

HOST_DEVICE constexpr void permute(uint64_t (&a)[kLanes]) {
  for (int round = 0; round < kRounds; ++round) traced_round(a, round);
}

/// The state as memory holds it: 8 words of 200 bits, one after another.
inline constexpr int kWords = 8;
inline constexpr int kWordBytes = 25;

/// Adds word `word` into lanes that are 0 where it goes.
HOST_DEVICE constexpr void put_word(uint64_t (&a)[kLanes], int word, const Felt& value) {
  for (int i = 0; i < kWordBytes; ++i) {
    const int place = word * kWordBytes + i;
    a[place / 8] |= uint64_t{value.bits(8 * i, 8)} << (8 * (place % 8));
  }
}
HOST_DEVICE constexpr Felt get_word(const uint64_t (&a)[kLanes], int word) {
  Felt value{};
  for (int i = 0; i < kWordBytes; ++i) {
    const int place = word * kWordBytes + i;
    value.word[i / 8] |= (a[place / 8] >> (8 * (place % 8)) & 0xff) << (8 * (i % 8));
  }
  return value;
}

}  // namespace cairn::keccak
