// Keccak-256, the hash of Ethereum (Keccak's padding 0x01, not SHA-3's 0x06).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "core/felt.hpp"

namespace cairn {

using Keccak256 = std::array<uint8_t, 32>;

/// Keccak-256 of bytes, any length.
Keccak256 keccak256(std::span<const std::byte> bytes);

/// The keccak builtin: Keccak-f[1600] on 8 words of 200 bits; false, and nothing done, if a word is
/// longer.
bool keccak_builtin(const Felt* in, Felt* out);

}  // namespace cairn
