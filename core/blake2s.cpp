#include "core/blake2s.hpp"

#include <algorithm>

namespace cairn::blake2s {

std::array<uint8_t, 32> hash(std::span<const std::byte> bytes) {
  constexpr size_t kBlockBytes = 64;
  uint32_t h[8];
  for (int i = 0; i < 8; ++i) h[i] = initial_word(i);
  h[0] ^= 0x01010020;  // 32 bytes of digest, no key, a tree of one leaf
  size_t done = 0;
  do {
    const size_t taken = std::min(kBlockBytes, bytes.size() - done);
    uint32_t m[16] = {};
    for (size_t i = 0; i < taken; ++i) {
      m[i / 4] |= std::to_integer<uint32_t>(bytes[done + i]) << (8 * (i % 4));
    }
    done += taken;
    compress(h, m, done, done == bytes.size());
  } while (done < bytes.size());
  std::array<uint8_t, 32> digest;
  for (size_t i = 0; i < digest.size(); ++i) {
    digest[i] = static_cast<uint8_t>(h[i / 4] >> (8 * (i % 4)));
  }
  return digest;
}

}  // namespace cairn::blake2s
