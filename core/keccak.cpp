#include "core/keccak.hpp"

#include <bit>

namespace cairn {
namespace {

constexpr int kRounds = 24;
constexpr size_t kRateBytes = 136;

/// Round constants: bit 2^j - 1 of constant i is bit j + 7 i of a shift register (Keccak
/// reference, 1.2).
struct Constants {
  uint64_t round[kRounds];
  int rotation[25];
};

constexpr Constants make_constants() {
  Constants constants{};
  uint32_t shift_register = 1;
  for (int round = 0; round < kRounds; ++round) {
    for (int j = 0; j < 7; ++j) {
      if ((shift_register & 1) != 0) constants.round[round] |= uint64_t{1} << ((1 << j) - 1);
      shift_register = shift_register << 1 ^ (shift_register >> 7) * 0x171;
    }
  }
  // Lane (x, y) of the walk (x, y) -> (y, 2x + 3y) from (1, 0) is turned by the t-th triangular
  // number.
  int x = 1, y = 0;
  for (int t = 0; t < 24; ++t) {
    constants.rotation[x + 5 * y] = (t + 1) * (t + 2) / 2 % 64;
    const int next = (2 * x + 3 * y) % 5;
    x = y;
    y = next;
  }
  return constants;
}

constexpr Constants kConstants = make_constants();

void permute(uint64_t (&a)[25]) {
  for (const uint64_t round_constant : kConstants.round) {
    uint64_t parity[5];
    for (int x = 0; x < 5; ++x) parity[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
    uint64_t b[25];
    for (int x = 0; x < 5; ++x) {
      const uint64_t theta = parity[(x + 4) % 5] ^ std::rotl(parity[(x + 1) % 5], 1);
      for (int y = 0; y < 5; ++y) {
        const int lane = x + 5 * y;
        b[y + 5 * ((2 * x + 3 * y) % 5)] = std::rotl(a[lane] ^ theta, kConstants.rotation[lane]);
      }
    }
    for (int y = 0; y < 25; y += 5) {
      for (int x = 0; x < 5; ++x) a[y + x] = b[y + x] ^ (~b[y + (x + 1) % 5] & b[y + (x + 2) % 5]);
    }
    a[0] ^= round_constant;
  }
}

}  // namespace

Keccak256 keccak256(std::span<const std::byte> bytes) {
  uint64_t state[25] = {};
  const auto absorb = [&state](size_t position, uint8_t byte) {
    state[position / 8] ^= uint64_t{byte} << (8 * (position % 8));
  };
  size_t position = 0;
  for (const std::byte byte : bytes) {
    absorb(position, std::to_integer<uint8_t>(byte));
    if (++position == kRateBytes) {
      permute(state);
      position = 0;
    }
  }
  absorb(position, 0x01);
  absorb(kRateBytes - 1, 0x80);
  permute(state);
  Keccak256 digest;
  for (size_t i = 0; i < digest.size(); ++i) {
    digest[i] = static_cast<uint8_t>(state[i / 8] >> (8 * (i % 8)));
  }
  return digest;
}

}  // namespace cairn
