// The little arithmetic modulo the Cairo prime that replay needs: to see that a relation holds, no
// more.
#pragma once

#include <cstdint>

#include "core/felt.hpp"

namespace cairn {

constexpr Felt to_felt(uint64_t value) { return {{value, 0, 0, 0}}; }

constexpr bool less(const Felt& a, const Felt& b) {
  for (int i = 3; i > 0; --i) {
    if (a.word[i] != b.word[i]) return a.word[i] < b.word[i];
  }
  return a.word[0] < b.word[0];
}

/// Is the value below the Cairo prime?
constexpr bool is_canonical(const Felt& a) { return less(a, kCairoPrime); }

/// a - b, modulo 2^256.
constexpr Felt subtract_words(const Felt& a, const Felt& b) {
  Felt result{};
  uint64_t borrow = 0;
  for (int i = 0; i < 4; ++i) {
    const unsigned __int128 difference =
        static_cast<unsigned __int128>(a.word[i]) - b.word[i] - borrow;
    result.word[i] = static_cast<uint64_t>(difference);
    borrow = static_cast<uint64_t>(difference >> 64) & 1;
  }
  return result;
}

/// a + b mod P for canonical a and b.
constexpr Felt add_modulo(const Felt& a, const Felt& b) {
  Felt sum{};
  uint64_t carry = 0;
  for (int i = 0; i < 4; ++i) {
    const unsigned __int128 x = static_cast<unsigned __int128>(a.word[i]) + b.word[i] + carry;
    sum.word[i] = static_cast<uint64_t>(x);
    carry = static_cast<uint64_t>(x >> 64);
  }
  return is_canonical(sum) ? sum : subtract_words(sum, kCairoPrime);
}

namespace felt_internal {

/// t * 2^-256 mod P, canonical, for t below 2^256 P. P = 1 mod 2^64, so each round adds -t[i] times
/// P, which only touches the word itself and the two that P's top word reaches.
constexpr Felt montgomery_reduce(uint64_t (&t)[8]) {
  uint64_t overflow = 0;
  for (int i = 0; i < 4; ++i) {
    const uint64_t m = ~t[i] + 1;
    const unsigned __int128 high = static_cast<unsigned __int128>(m) * kCairoPrime.word[3];
    uint64_t carry = t[i] != 0 ? 1 : 0;
    for (int j = i + 1; j < i + 3; ++j) {
      t[j] += carry;
      carry = t[j] < carry ? 1 : 0;
    }
    unsigned __int128 x =
        static_cast<unsigned __int128>(t[i + 3]) + static_cast<uint64_t>(high) + carry;
    t[i + 3] = static_cast<uint64_t>(x);
    x = static_cast<unsigned __int128>(t[i + 4]) + static_cast<uint64_t>(high >> 64) +
        static_cast<uint64_t>(x >> 64) + overflow;
    t[i + 4] = static_cast<uint64_t>(x);
    overflow = static_cast<uint64_t>(x >> 64);
  }
  const Felt result{{t[4], t[5], t[6], t[7]}};
  return is_canonical(result) ? result : subtract_words(result, kCairoPrime);
}

/// a * b * 2^-256 mod P for canonical a and b.
constexpr Felt montgomery_product(const Felt& a, const Felt& b) {
  uint64_t t[8] = {};
  for (int i = 0; i < 4; ++i) {
    uint64_t carry = 0;
    for (int j = 0; j < 4; ++j) {
      const unsigned __int128 x =
          static_cast<unsigned __int128>(a.word[i]) * b.word[j] + t[i + j] + carry;
      t[i + j] = static_cast<uint64_t>(x);
      carry = static_cast<uint64_t>(x >> 64);
    }
    t[i + 4] = carry;
  }
  return montgomery_reduce(t);
}

}  // namespace felt_internal

/// a * b mod P for canonical a and b.
constexpr Felt multiply_modulo(const Felt& a, const Felt& b) {
  constexpr Felt kSquaredRadix{
      // 2^512 mod P
      {0xfffffd737e000401, 0x00000001330fffff, 0xffffffffff6f8000, 0x07ffd4ab5e008810}};
  return felt_internal::montgomery_product(felt_internal::montgomery_product(a, b), kSquaredRadix);
}

/// Is a * b = c mod P? All canonical.
constexpr bool is_product(const Felt& a, const Felt& b, const Felt& c) {
  return felt_internal::montgomery_product(a, b) ==
         felt_internal::montgomery_product(c, to_felt(1));
}

}  // namespace cairn
