// The proof system's hash over lanes: what a kernel calls to hash as many rows, or pairs of
// digests, at once as V has lanes. V is KoalaBear (a device thread) or PackedKoalaBear; digests are
// words, as in Digest.
#pragma once

#include <cstdint>

#include "core/blake3.hpp"
#include "core/device.hpp"
#include "core/hash.hpp"
#include "core/koala_bear.hpp"
#include "core/packed_word.hpp"
#include "core/poseidon.hpp"

namespace cairn {

HOST_DEVICE uint32_t canonical_words(KoalaBear x) { return x.canonical(); }
/// The class of any word, in Montgomery form.
HOST_DEVICE KoalaBear element_of_words(uint32_t x) { return {static_cast<int64_t>(x)}; }

/// The words of V's lanes: uint32_t for KoalaBear, PackedWord for PackedKoalaBear.
template <class V>
using WordsOf = decltype(canonical_words(V()));

/// Gives BLAKE3 the canonical words of a source of elements.
template <class Source>
struct CanonicalSource {
  Source& source;
  HOST_DEVICE auto operator()(uint32_t i) const { return canonical_words(source(i)); }
};

/// Digests of rows of `count` elements (at most 2^16): lane by lane, element i being source(i), a
/// V.
template <class V, class Source>
HOST_DEVICE void hash_row_lanes(Hash hash, Source source, uint32_t count,
                                WordsOf<V> (&out)[kDigestWords]) {
  if (hash == Hash::kBlake3) {
    blake3_words(CanonicalSource<Source>{source}, count, out);
  } else {
    V digest[kDigestWords];
    poseidon_sponge(source, count, digest);
    for (int i = 0; i < kDigestWords; ++i) out[i] = canonical_words(digest[i]);
  }
}

/// Digests of nodes from those of their children, lane by lane.
template <class V>
HOST_DEVICE void hash_pair_lanes(Hash hash, const WordsOf<V> (&left)[kDigestWords],
                                 const WordsOf<V> (&right)[kDigestWords],
                                 WordsOf<V> (&out)[kDigestWords]) {
  if (hash == Hash::kBlake3) {
    blake3_pair(left, right, out);
  } else {
    V l[kDigestWords], r[kDigestWords], digest[kDigestWords];
    for (int i = 0; i < kDigestWords; ++i) {
      l[i] = element_of_words(left[i]);
      r[i] = element_of_words(right[i]);
    }
    poseidon_pair(l, r, digest);
    for (int i = 0; i < kDigestWords; ++i) out[i] = canonical_words(digest[i]);
  }
}

}  // namespace cairn
