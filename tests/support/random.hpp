// Seeded random values for tests: the same on every machine and standard library.
#pragma once

#include <cstdint>
#include <vector>

#include "core/felt.hpp"
#include "core/koala_bear.hpp"
#include "core/quintic.hpp"

namespace cairn {

/// SplitMix64. std::mt19937 would do, but the std:: distributions differ between libraries.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  uint64_t bits() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }

  /// Below `bound`, which is not 0; the bias is under bound / 2^64.
  uint64_t below(uint64_t bound) {
    return static_cast<uint64_t>((static_cast<unsigned __int128>(bits()) * bound) >> 64);
  }

  KoalaBear koala_bear() { return KoalaBear(static_cast<int64_t>(below(KoalaBear::kModulus))); }

  KoalaBear5 koala_bear5() {
    KoalaBear5 x;
    for (KoalaBear& c : x.c) c = koala_bear();
    return x;
  }

  std::vector<KoalaBear> koala_bears(uint64_t count) {
    std::vector<KoalaBear> result(count);
    for (KoalaBear& x : result) x = koala_bear();
    return result;
  }

  /// A value below the Cairo prime.
  Felt felt() {
    Felt x;
    do {
      for (uint64_t& word : x.word) word = bits();
      x.word[3] &= (uint64_t{1} << 60) - 1;
    } while (!less(x, kCairoPrime));
    return x;
  }

  /// A value of the sizes that programs hold: short, around a power of two, near the prime, or any.
  Felt odd_felt() {
    Felt x{};
    switch (below(4)) {
      case 0:
        x.word[0] = bits() >> below(64);
        return x;
      case 1:
        return offset(power_of_two(static_cast<int>(below(251))),
                      static_cast<int64_t>(below(5)) - 2);
      case 2:
        return offset(kCairoPrime, -1 - static_cast<int64_t>(bits() >> (1 + below(63))));
      default:
        return felt();
    }
  }

 private:
  static bool less(const Felt& a, const Felt& b) {
    for (int i = 3; i >= 0; --i) {
      if (a.word[i] != b.word[i]) return a.word[i] < b.word[i];
    }
    return false;
  }
  static Felt power_of_two(int exponent) {
    Felt x{};
    x.word[exponent / 64] = uint64_t{1} << (exponent % 64);
    return x;
  }
  /// x + difference, clamped to 0 from below.
  static Felt offset(Felt x, int64_t difference) {
    if (difference < 0 && x.word[0] < static_cast<uint64_t>(-difference) &&
        (x.word[1] | x.word[2] | x.word[3]) == 0) {
      return Felt{};
    }
    const uint64_t sign = difference < 0 ? ~uint64_t{0} : 0;
    unsigned __int128 carry = 0;
    for (int i = 0; i < 4; ++i) {
      carry += static_cast<unsigned __int128>(x.word[i]) +
               (i == 0 ? static_cast<uint64_t>(difference) : sign);
      x.word[i] = static_cast<uint64_t>(carry);
      carry >>= 64;
    }
    return x;
  }

  uint64_t state_;
};

}  // namespace cairn
