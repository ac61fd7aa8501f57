#include "core/poseidon252.hpp"

#include <bit>
#include <string>
#include <vector>

namespace cairn {
namespace {

/// The first 32 bits of the fractional parts of the cube roots of the first 64 primes.
constexpr uint32_t kSha256[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

/// SHA-256 of at most 55 bytes, as an integer whose first byte is the highest.
Felt sha256(const std::string& text) {
  uint32_t w[64] = {};
  for (size_t i = 0; i < text.size(); ++i) {
    w[i / 4] |= static_cast<uint32_t>(static_cast<uint8_t>(text[i])) << (24 - 8 * (i % 4));
  }
  w[text.size() / 4] |= 0x80u << (24 - 8 * (text.size() % 4));
  w[15] = static_cast<uint32_t>(8 * text.size());
  for (int i = 16; i < 64; ++i) {
    const uint32_t s0 = std::rotr(w[i - 15], 7) ^ std::rotr(w[i - 15], 18) ^ w[i - 15] >> 3;
    const uint32_t s1 = std::rotr(w[i - 2], 17) ^ std::rotr(w[i - 2], 19) ^ w[i - 2] >> 10;
    w[i] = w[i - 16] + s0 + w[i - 7] + s1;
  }
  constexpr uint32_t kStart[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                  0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  uint32_t s[8];
  for (int i = 0; i < 8; ++i) s[i] = kStart[i];
  for (int i = 0; i < 64; ++i) {
    const uint32_t s1 = std::rotr(s[4], 6) ^ std::rotr(s[4], 11) ^ std::rotr(s[4], 25);
    const uint32_t choice = (s[4] & s[5]) ^ (~s[4] & s[6]);
    const uint32_t t1 = s[7] + s1 + choice + kSha256[i] + w[i];
    const uint32_t s0 = std::rotr(s[0], 2) ^ std::rotr(s[0], 13) ^ std::rotr(s[0], 22);
    const uint32_t majority = (s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]);
    for (int j = 7; j > 0; --j) s[j] = s[j - 1];
    s[4] += t1;
    s[0] = t1 + s0 + majority;
  }
  Felt digest{};
  for (int i = 0; i < 8; ++i) {
    digest.word[3 - i / 2] |= uint64_t{s[i] + kStart[i]} << (i % 2 == 0 ? 32 : 0);
  }
  return digest;
}

std::vector<Felt252> make_keys() {
  std::vector<Felt252> keys;
  for (int i = 0; i < kHadesWidth * kHadesRounds; ++i) {
    keys.emplace_back(sha256("Hades" + std::to_string(i)));
  }
  return keys;
}

}  // namespace

const Felt252& hades_key(int round, int i) {
  static const std::vector<Felt252> keys = make_keys();
  return keys[static_cast<size_t>(kHadesWidth * round + i)];
}

void poseidon252(Felt (&state)[kHadesWidth]) {
  Felt252 s[kHadesWidth];
  for (int i = 0; i < kHadesWidth; ++i) s[i] = Felt252(state[i]);
  for (int round = 0; round < kHadesRounds; ++round) {
    for (int i = 0; i < kHadesWidth; ++i) {
      s[i] = s[i] + hades_key(round, i);
      if (is_full_hades_round(round) || i == 2) s[i] = s[i] * s[i] * s[i];
    }
    hades_mix(s);
  }
  for (int i = 0; i < kHadesWidth; ++i) state[i] = s[i].integer();
}

}  // namespace cairn
