// A Cairo memory value as an integer: four 64-bit words, least significant first, below 2^252
// unless said otherwise. Arithmetic modulo the Cairo prime is in core/felt252.hpp; here is only the
// representation.
#pragma once

#include <cstdint>

#include "core/device.hpp"

namespace cairn {

struct Felt {
  uint64_t word[4];

  friend constexpr bool operator==(const Felt&, const Felt&) = default;
  HOST_DEVICE friend constexpr Felt operator&(const Felt& a, const Felt& b) {
    return {{a.word[0] & b.word[0], a.word[1] & b.word[1], a.word[2] & b.word[2],
             a.word[3] & b.word[3]}};
  }
  HOST_DEVICE friend constexpr Felt operator^(const Felt& a, const Felt& b) {
    return {{a.word[0] ^ b.word[0], a.word[1] ^ b.word[1], a.word[2] ^ b.word[2],
             a.word[3] ^ b.word[3]}};
  }
  HOST_DEVICE friend constexpr Felt operator|(const Felt& a, const Felt& b) {
    return {{a.word[0] | b.word[0], a.word[1] | b.word[1], a.word[2] | b.word[2],
             a.word[3] | b.word[3]}};
  }

  /// `count` bits from bit `first` on; count <= 32, first + count <= 256.
  HOST_DEVICE constexpr uint32_t bits(int first, int count) const {
    const int index = first / 64;
    const int shift = first % 64;
    uint64_t x = word[index] >> shift;
    if (shift + count > 64) x |= word[index + 1] << (64 - shift);
    return static_cast<uint32_t>(x & ((uint64_t{1} << count) - 1));
  }
  /// Limb i of 28 of 9 bits (design: cairo-air.md 6.2).
  HOST_DEVICE constexpr uint32_t limb9(int i) const { return bits(9 * i, 9); }
  /// Limb i of 10 of 27 bits, the last of 9 bits (design: cairo-air.md 6.1).
  HOST_DEVICE constexpr uint32_t limb27(int i) const { return bits(27 * i, i < 9 ? 27 : 9); }
};

/// The Cairo prime P = 2^251 + 17 * 2^192 + 1.
inline constexpr Felt kCairoPrime{{1, 0, 0, 0x0800000000000011}};

}  // namespace cairn
