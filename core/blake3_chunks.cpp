#include "core/blake3_chunks.hpp"

#include <cstring>

#include "core/blake3.hpp"
#include "core/x86_targets.hpp"

namespace cairn::blake3 {
namespace {

using Vector [[gnu::vector_size(4 * kWideChunks)]] = uint32_t;

/// A word of each chunk.
struct Words {
  Words() = default;
  HOST_DEVICE explicit Words(uint32_t x) : vector(Vector{} + x) {}
  HOST_DEVICE explicit Words(Vector v) : vector(v) {}

  HOST_DEVICE friend Words operator+(const Words& a, const Words& b) {
    return Words(a.vector + b.vector);
  }
  HOST_DEVICE friend Words operator^(const Words& a, const Words& b) {
    return Words(a.vector ^ b.vector);
  }
  template <int kBits>
  HOST_DEVICE friend Words rotate_right(const Words& x) {
    return Words(x.vector >> kBits | x.vector << (32 - kBits));
  }

  Vector vector;
};

HOST_DEVICE void hash_all(const std::byte* bytes, uint32_t first,
                          uint32_t (&values)[kWideChunks][8]) {
  constexpr uint32_t kBlocks = kChunkWords / kBlockWords;
  Words h[8], counter;
  for (int i = 0; i < 8; ++i) h[i] = Words(initial_word(i));
  for (uint32_t chunk = 0; chunk < kWideChunks; ++chunk) counter.vector[chunk] = first + chunk;
  for (uint32_t block = 0; block < kBlocks; ++block) {
    Words m[kBlockWords];
    for (uint32_t chunk = 0; chunk < kWideChunks; ++chunk) {
      uint32_t words[kBlockWords];  // the machines we build for are little-endian
      std::memcpy(words, bytes + 4 * (chunk * kChunkWords + block * kBlockWords), sizeof words);
      for (uint32_t i = 0; i < kBlockWords; ++i) m[i].vector[chunk] = words[i];
    }
    uint32_t flags = block == 0 ? uint32_t{kChunkStart} : 0;
    if (block + 1 == kBlocks) flags |= kChunkEnd;
    compress(h, m, counter, 4 * kBlockWords, flags);
  }
  for (uint32_t chunk = 0; chunk < kWideChunks; ++chunk) {
    for (int i = 0; i < 8; ++i) values[chunk][i] = h[i].vector[chunk];
  }
}

#ifdef CAIRN_X86_TARGETS
[[gnu::target("avx512f")]] void hash_all_avx512(const std::byte* bytes, uint32_t first,
                                                uint32_t (&values)[kWideChunks][8]) {
  hash_all(bytes, first, values);
}

[[gnu::target("avx2")]] void hash_all_avx2(const std::byte* bytes, uint32_t first,
                                           uint32_t (&values)[kWideChunks][8]) {
  hash_all(bytes, first, values);
}
#endif

}  // namespace

void hash_chunks(const std::byte* bytes, uint32_t first, uint32_t (&values)[kWideChunks][8]) {
#ifdef CAIRN_X86_TARGETS
  if (__builtin_cpu_supports("avx512f")) return hash_all_avx512(bytes, first, values);
  if (__builtin_cpu_supports("avx2")) return hash_all_avx2(bytes, first, values);
#endif
  hash_all(bytes, first, values);
}

}  // namespace cairn::blake3
