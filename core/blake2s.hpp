// BLAKE2s (RFC 7693) without a key: the compression that Cairo's Blake2s instructions do, and the
// hash of 32 bytes. Its mixing function and initial words are those of BLAKE3.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "core/blake3.hpp"

namespace cairn::blake2s {

inline constexpr int kRounds = 10;

HOST_DEVICE constexpr uint32_t initial_word(int i) { return blake3::initial_word(i); }

/// Message word that round `round` takes at place i.
HOST_DEVICE constexpr int schedule(int round, int i) {
  // A word a round, place i in bits 4 i to 4 i + 3.
  constexpr uint64_t kTable[kRounds] = {0xfedcba9876543210, 0x357b20c16df984ae, 0x491763eadf250c8b,
                                        0x8f04a562ebcd1397, 0xd386cb1efa427509, 0x91ef57d438b0a6c2,
                                        0xb8293670a4def15c, 0xa2684f05931ce7bd, 0x5a417d2c803b9ef6,
                                        0x0dc3e9bf5167482a};
  return static_cast<int>(kTable[round] >> (4 * i) & 15);
}

/// The four words that mixing i of a round takes: columns of the 4 x 4 square, then diagonals.
HOST_DEVICE constexpr int mixed_word(int mixing, int i) {
  return 4 * i + (mixing < 4 ? mixing : mixing + i) % 4;
}

/// One round on v; `m` is the message as the round takes it, already in its order.
HOST_DEVICE void round(uint32_t (&v)[16], const uint32_t (&m)[16]) {
  for (int i = 0; i < 8; ++i) {
    blake3::mix(v[mixed_word(i, 0)], v[mixed_word(i, 1)], v[mixed_word(i, 2)], v[mixed_word(i, 3)],
                m[2 * i], m[2 * i + 1]);
  }
}

/// What a compression starts from.
HOST_DEVICE constexpr void start(uint32_t (&v)[16], const uint32_t (&h)[8], uint64_t counter,
                                 bool final) {
  for (int i = 0; i < 8; ++i) v[i] = h[i];
  for (int i = 0; i < 8; ++i) v[8 + i] = initial_word(i);
  v[12] ^= static_cast<uint32_t>(counter);
  v[13] ^= static_cast<uint32_t>(counter >> 32);
  if (final) v[14] = ~v[14];
}

/// The message as round `round` takes it.
HOST_DEVICE constexpr void scheduled(uint32_t (&out)[16], const uint32_t (&m)[16], int round) {
  for (int i = 0; i < 16; ++i) out[i] = m[schedule(round, i)];
}

/// Replaces the chaining value h by its compression with the block m.
inline void compress(uint32_t (&h)[8], const uint32_t (&m)[16], uint64_t counter, bool final) {
  uint32_t v[16] = {};
  start(v, h, counter, final);
  for (int r = 0; r < kRounds; ++r) {
    uint32_t taken[16] = {};
    scheduled(taken, m, r);
    round(v, taken);
  }
  for (int i = 0; i < 8; ++i) h[i] ^= v[i] ^ v[i + 8];
}

/// BLAKE2s-256 of bytes, any length.
std::array<uint8_t, 32> hash(std::span<const std::byte> bytes);

}  // namespace cairn::blake2s
