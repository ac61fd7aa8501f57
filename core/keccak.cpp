#include "core/keccak.hpp"

#include "core/keccak_f.hpp"

namespace cairn {

Keccak256 keccak256(std::span<const std::byte> bytes) {
  constexpr size_t kRateBytes = 136;
  uint64_t state[25] = {};
  const auto absorb = [&state](size_t position, uint8_t byte) {
    state[position / 8] ^= uint64_t{byte} << (8 * (position % 8));
  };
  size_t position = 0;
  for (const std::byte byte : bytes) {
    absorb(position, std::to_integer<uint8_t>(byte));
    if (++position == kRateBytes) {
      keccak::permute(state);
      position = 0;
    }
  }
  absorb(position, 0x01);
  absorb(kRateBytes - 1, 0x80);
  keccak::permute(state);
  Keccak256 digest;
  for (size_t i = 0; i < digest.size(); ++i) {
    digest[i] = static_cast<uint8_t>(state[i / 8] >> (8 * (i % 8)));
  }
  return digest;
}

bool keccak_builtin(const Felt* in, Felt* out) {
  uint64_t state[keccak::kLanes] = {};
  for (int i = 0; i < keccak::kWords; ++i) {
    if (in[i].word[3] >> 8 != 0) return false;
    keccak::put_word(state, i, in[i]);
  }
  keccak::permute(state);
  for (int i = 0; i < keccak::kWords; ++i) out[i] = keccak::get_word(state, i);
  return true;
}

}  // namespace cairn
