// Keccak-256, the hash of Ethereum (Keccak's padding 0x01, not SHA-3's 0x06).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace cairn {

using Keccak256 = std::array<uint8_t, 32>;

/// Keccak-256 of bytes, any length.
Keccak256 keccak256(std::span<const std::byte> bytes);

}  // namespace cairn
