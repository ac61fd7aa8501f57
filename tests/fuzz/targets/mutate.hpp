// Small changes to bytes, for replaying without libFuzzer: the same on every machine.
#pragma once

#include <algorithm>

#include "tests/fuzz/targets/targets.hpp"
#include "tests/support/random.hpp"

namespace cairn::fuzz {

/// A number that counts, lengths and elements are interesting at.
inline uint32_t edge_number(Random& random) {
  constexpr uint32_t kEdges[] = {0,   1,          2,          63,         64,
                                 255, 0x7f000000, 0x7f000001, 0x7fffffff, 0xffffffff};
  const uint64_t pick = random.below(std::size(kEdges) + 2);
  if (pick < std::size(kEdges)) return kEdges[pick];
  return static_cast<uint32_t>(random.bits() >> (32 + random.below(32)));
}

inline void mutate_once(Bytes& bytes, Random& random) {
  if (bytes.empty()) {
    bytes.push_back(std::byte{0});
    return;
  }
  const size_t at = random.below(bytes.size());
  const size_t length = std::min<size_t>(bytes.size() - at, 1 + random.below(64));
  const auto place = bytes.begin() + static_cast<ptrdiff_t>(at);
  switch (random.below(7)) {
    case 0:
      bytes[at] ^= std::byte{1} << random.below(8);
      break;
    case 1:
      bytes[at] = static_cast<std::byte>(random.bits());
      break;
    case 2:
      bytes.resize(at);
      break;
    case 3:
      bytes.erase(place, place + static_cast<ptrdiff_t>(length));
      break;
    case 4: {  // a stretch twice
      const Bytes stretch(place, place + static_cast<ptrdiff_t>(length));
      bytes.insert(place, stretch.begin(), stretch.end());
      break;
    }
    case 5: {  // a digit, as in JSON
      bytes[at] = static_cast<std::byte>('0' + random.below(10));
      break;
    }
    default: {
      const uint32_t number = edge_number(random);
      for (size_t i = 0; i < std::min<size_t>(4, bytes.size() - at); ++i) {
        bytes[at + i] = static_cast<std::byte>(number >> (8 * i));
      }
    }
  }
}

/// One change, sometimes more.
inline Bytes mutated(const Bytes& good, Random& random) {
  Bytes bytes = good;
  do {
    mutate_once(bytes, random);
  } while (random.below(3) == 0);
  return bytes;
}

}  // namespace cairn::fuzz
