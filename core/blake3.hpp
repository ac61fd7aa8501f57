// BLAKE3 (unkeyed, 32 bytes of output), written once over the type W of words: uint32_t hashes one
// message, a PackedWord (core/packed_word.hpp) as many messages of one length as it has lanes.
//
// The message is a sequence of 32-bit words that a callable gives on demand, so that a kernel reads
// rows straight out of columns. Specification: "BLAKE3: one function, fast everywhere" (2020),
// section 2.
#pragma once

#include <cstdint>

#include "core/device.hpp"

namespace cairn {

template <int kBits>
HOST_DEVICE constexpr uint32_t rotate_right(uint32_t x) {
  return x >> kBits | x << (32 - kBits);
}

namespace blake3 {

inline constexpr uint32_t kBlockWords = 16;
inline constexpr uint32_t kChunkWords = 256;
/// The longest message of blake3_words.
inline constexpr uint32_t kMaxWords = 1u << 16;
/// Chaining values that a message leaves waiting: one per bit of its chunk count, 2^8 chunks at
/// most.
inline constexpr int kStackDepth = 9;

enum Flag : uint32_t { kChunkStart = 1, kChunkEnd = 2, kParent = 4, kRoot = 8 };

HOST_DEVICE constexpr uint32_t initial_word(int i) {
  constexpr uint32_t kTable[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                  0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  return kTable[i];
}

/// Message word that round `round` of 7 takes at place i: the round permutation applied `round`
/// times.
HOST_DEVICE constexpr int schedule(int round, int i) {
  constexpr int kTable[7][16] = {{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
                                 {2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8},
                                 {3, 4, 10, 12, 13, 2, 7, 14, 6, 5, 9, 0, 11, 15, 8, 1},
                                 {10, 7, 12, 9, 14, 3, 13, 15, 4, 0, 11, 2, 5, 8, 1, 6},
                                 {12, 13, 9, 11, 15, 10, 14, 8, 7, 2, 5, 3, 0, 1, 6, 4},
                                 {9, 14, 11, 5, 8, 12, 15, 1, 13, 3, 0, 10, 2, 6, 4, 7},
                                 {11, 15, 5, 0, 1, 9, 8, 6, 14, 10, 2, 12, 3, 4, 7, 13}};
  return kTable[round][i];
}

template <class W>
HOST_DEVICE void mix(W& a, W& b, W& c, W& d, W x, W y) {
  a = a + b + x;
  d = rotate_right<16>(d ^ a);
  c = c + d;
  b = rotate_right<12>(b ^ c);
  a = a + b + y;
  d = rotate_right<8>(d ^ a);
  c = c + d;
  b = rotate_right<7>(b ^ c);
}

template <int kRound, class W>
HOST_DEVICE void round(W (&v)[16], const W (&m)[16]) {
  mix(v[0], v[4], v[8], v[12], m[schedule(kRound, 0)], m[schedule(kRound, 1)]);
  mix(v[1], v[5], v[9], v[13], m[schedule(kRound, 2)], m[schedule(kRound, 3)]);
  mix(v[2], v[6], v[10], v[14], m[schedule(kRound, 4)], m[schedule(kRound, 5)]);
  mix(v[3], v[7], v[11], v[15], m[schedule(kRound, 6)], m[schedule(kRound, 7)]);
  mix(v[0], v[5], v[10], v[15], m[schedule(kRound, 8)], m[schedule(kRound, 9)]);
  mix(v[1], v[6], v[11], v[12], m[schedule(kRound, 10)], m[schedule(kRound, 11)]);
  mix(v[2], v[7], v[8], v[13], m[schedule(kRound, 12)], m[schedule(kRound, 13)]);
  mix(v[3], v[4], v[9], v[14], m[schedule(kRound, 14)], m[schedule(kRound, 15)]);
}

/// Replaces the chaining value h by the first half of the compression of the block m. `counter` is
/// a number, or a W of the lanes' numbers.
template <class W, class Counter>
HOST_DEVICE void compress(W (&h)[8], const W (&m)[16], Counter counter, uint32_t block_bytes,
                          uint32_t flags) {
  W v[16] = {h[0],
             h[1],
             h[2],
             h[3],
             h[4],
             h[5],
             h[6],
             h[7],
             W(initial_word(0)),
             W(initial_word(1)),
             W(initial_word(2)),
             W(initial_word(3)),
             W(counter),
             W(0u),
             W(block_bytes),
             W(flags)};
  round<0>(v, m);
  round<1>(v, m);
  round<2>(v, m);
  round<3>(v, m);
  round<4>(v, m);
  round<5>(v, m);
  round<6>(v, m);
  for (int i = 0; i < 8; ++i) h[i] = v[i] ^ v[i + 8];
}

/// Chaining value of chunk `chunk`: `word_count` words, at most 256, from word 256 chunk of the
/// source on. `tail_bytes` of the last word count (4, or fewer in a message that ends inside a
/// word).
template <class W, class Source>
HOST_DEVICE void hash_chunk(Source&& source, uint32_t chunk, uint32_t word_count,
                            uint32_t tail_bytes, uint32_t last_flags, W (&h)[8]) {
  for (int i = 0; i < 8; ++i) h[i] = W(initial_word(i));
  uint32_t flags = kChunkStart;
  uint32_t begin = 0;
  do {
    const uint32_t left = word_count - begin;
    const bool last = left <= kBlockWords;
    W m[16];
    if (left >= kBlockWords) {
      for (uint32_t i = 0; i < kBlockWords; ++i) m[i] = source(chunk * kChunkWords + begin + i);
    } else {
      for (uint32_t i = 0; i < kBlockWords; ++i) {
        m[i] = i < left ? W(source(chunk * kChunkWords + begin + i)) : W(0u);
      }
    }
    const uint32_t block_bytes =
        !last ? 4 * kBlockWords : (left == 0 ? 0 : 4 * (left - 1) + tail_bytes);
    compress(h, m, chunk, block_bytes, last ? flags | kChunkEnd | last_flags : flags);
    flags = 0;
    begin += kBlockWords;
  } while (begin < word_count);
}

/// The root over chunk_count >= 2 chunks, fewer than 2^kDepth: chunk_value(chunk, out) gives their
/// chaining values, in order.
template <int kDepth, class W, class ChunkValue>
HOST_DEVICE void hash_tree(uint32_t chunk_count, ChunkValue&& chunk_value, W (&out)[8]) {
  // Chaining values of complete subtrees, largest first: one for each bit set in the chunks done so
  // far.
  W stack[kDepth][8];
  int depth = 0;
  for (uint32_t chunk = 0; chunk < chunk_count; ++chunk) {
    const bool last = chunk + 1 == chunk_count;
    chunk_value(chunk, out);
    // A chunk completes as many subtrees as chunk + 1 has trailing zeros; the last one ends all.
    for (uint32_t done = chunk + 1; depth > 0 && (last || (done & 1) == 0); done >>= 1) {
      --depth;
      W m[16];
      for (int i = 0; i < 8; ++i) {
        m[i] = stack[depth][i];
        m[8 + i] = out[i];
        out[i] = W(initial_word(i));
      }
      compress(out, m, 0, 4 * kBlockWords, last && depth == 0 ? kParent | kRoot : kParent);
    }
    if (!last) {
      for (int i = 0; i < 8; ++i) stack[depth][i] = out[i];
      ++depth;
    }
  }
}

/// Gives hash_tree() the chunks of a message that lie in a source of words.
template <class Source>
struct ChunksOf {
  Source& source;
  uint32_t word_count;
  uint32_t tail_bytes;

  template <class W>
  HOST_DEVICE void operator()(uint32_t chunk, W (&out)[8]) const {
    const uint32_t left = word_count - chunk * kChunkWords;
    const bool last = left <= kChunkWords;
    hash_chunk(source, chunk, last ? left : kChunkWords, last ? tail_bytes : 4, 0, out);
  }
};

/// The digest of a message of `word_count` words, the last of `tail_bytes` bytes. `kDepth` bounds
/// its length: fewer than 2^kDepth chunks.
template <int kDepth, class W, class Source>
HOST_DEVICE void hash_message(Source&& source, uint32_t word_count, uint32_t tail_bytes,
                              W (&out)[8]) {
  if (word_count <= kChunkWords) {
    hash_chunk(source, 0, word_count, tail_bytes, kRoot, out);
    return;
  }
  hash_tree<kDepth>((word_count + kChunkWords - 1) / kChunkWords,
                    ChunksOf<Source>{source, word_count, tail_bytes}, out);
}

}  // namespace blake3

/// BLAKE3 of 4 word_count bytes, word_count <= 2^16: word i of the message, little-endian, is
/// source(i).
template <class W, class Source>
HOST_DEVICE void blake3_words(Source&& source, uint32_t word_count, W (&out)[8]) {
  blake3::hash_message<blake3::kStackDepth>(source, word_count, 4, out);
}

/// BLAKE3 of the 64 bytes of two digests.
template <class W>
HOST_DEVICE void blake3_pair(const W (&left)[8], const W (&right)[8], W (&out)[8]) {
  W m[16];
  for (int i = 0; i < 8; ++i) {
    m[i] = left[i];
    m[8 + i] = right[i];
    out[i] = W(blake3::initial_word(i));
  }
  blake3::compress(out, m, 0, 64, blake3::kChunkStart | blake3::kChunkEnd | blake3::kRoot);
}

}  // namespace cairn
