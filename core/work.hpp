// Proof of work: a nonce is good when the low bits of one word, hashed from (seed, nonce), are
// zero.
//
// kBlake3: word 0 of BLAKE3(seed || nonce, 8 bytes little-endian). kPoseidon: the canonical lane 0
// of the permutation of (seed, low 24 bits, next 24 bits, top 16 bits of the nonce, zeros).
#pragma once

#include <cstdint>

#include "core/device.hpp"
#include "core/hash.hpp"
#include "core/hash_lanes.hpp"
#include "core/lanes.hpp"

namespace cairn {

/// The most bits a proof of work can ask for.
inline constexpr int kMaxWorkBits = 31;

template <class W>
struct WorkSource {
  const Digest& seed;
  W low, high;
  HOST_DEVICE W operator()(uint32_t i) const {
    return i < kDigestWords ? W(seed.word[i]) : (i == kDigestWords ? low : high);
  }
};

/// The word to test of nonce base + offset, for each lane's offset. With several lanes `base` is a
/// multiple of their number and an offset is below it, so that no sum carries.
template <class V>
HOST_DEVICE WordsOf<V> work_words(Hash hash, const Digest& seed, uint64_t base, WordsOf<V> offset) {
  using W = WordsOf<V>;
  if (hash == Hash::kBlake3) {
    const W low = W(static_cast<uint32_t>(base)) + offset;
    const W high = W(static_cast<uint32_t>(base >> 32));
    W digest[kDigestWords];
    blake3_words(WorkSource<W>{seed, low, high}, kDigestWords + 2, digest);
    return digest[0];
  }
  constexpr uint32_t kPiece = (1u << 24) - 1;
  V state[poseidon::kWidth];
  for (int i = 0; i < kDigestWords; ++i) state[i] = V(KoalaBear(int64_t{seed.word[i]}));
  state[8] = element_of_words(W(static_cast<uint32_t>(base) & kPiece) + offset);
  state[9] = V(KoalaBear(static_cast<int64_t>(base >> 24 & kPiece)));
  state[10] = V(KoalaBear(static_cast<int64_t>(base >> 48)));
  for (int i = 11; i < poseidon::kWidth; ++i) state[i] = V(KoalaBear(0));
  poseidon::permute(state);
  return canonical_words(state[0]);
}

/// Whether `nonce` does `bits` bits of work for `seed`; 0 <= bits <= kMaxWorkBits.
HOST_DEVICE bool has_work(Hash hash, const Digest& seed, uint64_t nonce, int bits) {
  const uint32_t mask = (1u << bits) - 1;
  return (work_words<KoalaBear>(hash, seed, nonce, 0u) & mask) == 0;
}

}  // namespace cairn
