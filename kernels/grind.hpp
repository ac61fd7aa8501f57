// Searches the nonce of a proof of work (core/work.hpp).
#pragma once

#include <cstdint>

#include "core/device.hpp"
#include "core/lanes.hpp"
#include "core/work.hpp"

namespace cairn {

class Backend;

/// Index i tries the nonces first + round * count + i; found[i] = its first round that does the
/// work, or kNone. No index stops for another's sake: what is written depends on the arguments
/// alone.
struct Grind {
  static constexpr uint32_t kNone = 0xffffffffu;
  /// An index hashes some hundred times: few indices are work for all threads.
  static constexpr uint64_t kGrain = 64;

  Hash hash;
  Digest seed;
  uint32_t mask;   // the bits that are to be zero
  uint64_t first;  // a multiple of 16, as the loop's index is of the lanes
  uint32_t rounds;
  uint32_t* found;
  uint64_t count;  // likewise

  template <class V>
  HOST_DEVICE void operator()(uint64_t i) const {
    constexpr int kLanes = kLaneCount<V>;
    using W = WordsOf<V>;
    uint32_t words[kLanes], result[kLanes];
    for (int lane = 0; lane < kLanes; ++lane) {
      words[lane] = static_cast<uint32_t>(lane);
      result[lane] = kNone;
    }
    const W offsets = load_words<W>(words);
    for (uint32_t round = rounds; round-- > 0;) {
      store_words(words, work_words<V>(hash, seed, first + round * count + i, offsets));
      for (int lane = 0; lane < kLanes; ++lane) {
        result[lane] = (words[lane] & mask) == 0 ? round : result[lane];
      }
    }
    for (int lane = 0; lane < kLanes; ++lane) found[i + lane] = result[lane];
  }

 private:
  template <class W>
  HOST_DEVICE static W load_words(const uint32_t* p) {
    if constexpr (sizeof(W) == sizeof(uint32_t)) {
      return W(*p);
    } else {
      return W::load(p);
    }
  }
  HOST_DEVICE static void store_words(uint32_t* p, uint32_t x) { *p = x; }
  template <class W>
  HOST_DEVICE static void store_words(uint32_t* p, const W& x) {
    x.store(p);
  }
};

/// The smallest nonce that does `bits` bits of work for `seed`; the same on every backend. Takes
/// about 2^bits hashes; bits <= kMaxWorkBits.
uint64_t grind(Backend& backend, Hash hash, const Digest& seed, int bits);

}  // namespace cairn
