// BLAKE3 of long messages on a host: sixteen chunks at once.
#pragma once

#include <cstddef>
#include <cstdint>

namespace cairn::blake3 {

/// Chunks that hash_chunks() takes at a time.
inline constexpr uint32_t kWideChunks = 16;

/// Chaining values of the kWideChunks whole chunks (1 KiB each) that lie at `bytes`; the first is
/// number `first` of its message, and none is the only one.
void hash_chunks(const std::byte* bytes, uint32_t first, uint32_t (&values)[kWideChunks][8]);

}  // namespace cairn::blake3
