// The hash of the proof system, chosen at run time: digests of rows, of pairs, of bytes.
//
// kBlake3 is standard BLAKE3 of canonical little-endian bytes. kPoseidon is Poseidon over the base
// field (core/poseidon.hpp), in the modes of Plonky3's KoalaBear instance: a padding-free overwrite
// sponge of rate 8 and the truncated permutation. These are the plain host functions, one message
// at a time; kernels hash many rows at once with the templates of core/hash_lanes.hpp, which give
// equal digests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/koala_bear.hpp"

namespace cairn {

enum class Hash : uint8_t { kBlake3, kPoseidon };

inline constexpr int kDigestWords = 8;

/// Eight words. BLAKE3: the 32 bytes read as little-endian words; Poseidon: eight canonical
/// elements.
struct Digest {
  uint32_t word[kDigestWords];

  friend constexpr bool operator==(const Digest&, const Digest&) = default;
  /// The 32 bytes (words little-endian) in 64 hexadecimal digits.
  std::string hex() const;
};

/// Name on the command line and in files: "blake3", "poseidon".
const char* hash_name(Hash hash);

/// Digest of a row of elements, any length.
/// Soundness: kPoseidon is collision resistant among rows of one length only (it does not pad), so
/// every caller fixes the length beforehand: a committed row's by the shape, a transcript's by its
/// frame.
Digest hash_elements(Hash hash, std::span<const KoalaBear> row);

/// Digest of a Merkle node from those of its children.
Digest hash_pair(Hash hash, const Digest& left, const Digest& right);

/// Digest of bytes, any length. kPoseidon absorbs the length and then three bytes an element.
Digest hash_bytes(Hash hash, std::span<const std::byte> bytes);

/// Appends bytes as elements, three bytes an element, little-endian; the last one may hold fewer.
void append_bytes(std::vector<KoalaBear>& elements, std::span<const std::byte> bytes);

/// Whether `digest` can have come out of `hash`: words of a Poseidon digest are below p.
bool is_canonical(Hash hash, const Digest& digest);

}  // namespace cairn
