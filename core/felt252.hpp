// Arithmetic modulo the Cairo prime P = 2^251 + 17 * 2^192 + 1.
//
// A Felt252 holds x * 2^256 mod P, always below P. P is 1 modulo 2^192, so that a Montgomery step
// costs one multiplication: the quotient is the negated low word, and m * P = m + m * P_3 * 2^192.
// Not for devices; chips work on the limbs of a Felt (core/felt.hpp) instead.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/felt.hpp"

namespace cairn {

/// a < b as integers.
constexpr bool is_below(const Felt& a, const Felt& b) {
  for (int i = 3; i >= 0; --i) {
    if (a.word[i] != b.word[i]) return a.word[i] < b.word[i];
  }
  return false;
}

/// "0x" and lower-case digits without leading zeros.
std::string to_hex(const Felt& x);
std::string to_decimal(const Felt& x);
/// Reads decimal digits, or hexadecimal ones after "0x", of an integer below 2^256; throws
/// Error(kBadInput) on anything else. Whether it is below P is for the caller to ask.
Felt parse_felt(std::string_view text);

class Felt252 {
 public:
  Felt252() = default;
  /// The class of any integer below 2^256.
  explicit constexpr Felt252(const Felt& integer) : montgomery_(multiply(integer, kSquaredRadix)) {}
  explicit constexpr Felt252(uint64_t integer) : Felt252(Felt{{integer, 0, 0, 0}}) {}

  /// The integer in [0, P).
  constexpr Felt integer() const { return multiply(montgomery_, Felt{{1, 0, 0, 0}}); }
  constexpr bool is_zero() const { return montgomery_ == Felt{}; }

  friend constexpr bool operator==(const Felt252&, const Felt252&) = default;
  friend constexpr Felt252 operator+(const Felt252& a, const Felt252& b) {
    return Felt252(Reduced{}, subtract_modulo(sum(a.montgomery_, b.montgomery_), kCairoPrime));
  }
  friend constexpr Felt252 operator-(const Felt252& a, const Felt252& b) {
    return Felt252(Reduced{}, subtract_modulo(a.montgomery_, b.montgomery_));
  }
  friend constexpr Felt252 operator*(const Felt252& a, const Felt252& b) {
    return Felt252(Reduced{}, multiply(a.montgomery_, b.montgomery_));
  }
  constexpr Felt252 operator-() const { return Felt252(Reduced{}, Felt{}) - *this; }

  /// The inverse; zero for zero.
  Felt252 inverse() const;

 private:
  struct Reduced {};  // tells the constructor that takes the Montgomery form
  __extension__ using Wide = unsigned __int128;

  /// 2^512 mod P.
  static constexpr Felt kSquaredRadix{
      {0xfffffd737e000401, 0x00000001330fffff, 0xffffffffff6f8000, 0x07ffd4ab5e008810}};

  constexpr Felt252(Reduced, const Felt& montgomery) : montgomery_(montgomery) {}

  /// The low word of a * b + x + carry; `carry` becomes the high one. Written without 128-bit sums,
  /// which GCC 12 spills.
  static constexpr uint64_t multiply_add(uint64_t a, uint64_t b, uint64_t x, uint64_t& carry) {
    const Wide product = static_cast<Wide>(a) * b;
    uint64_t low = static_cast<uint64_t>(product);
    uint64_t high = static_cast<uint64_t>(product >> 64);
    low += x;
    high += low < x ? 1 : 0;
    low += carry;
    high += low < carry ? 1 : 0;
    carry = high;
    return low;
  }
  static constexpr Felt sum(const Felt& a, const Felt& b) {
    Felt result{};
    bool carry = false;
    for (int i = 0; i < 4; ++i) {
      uint64_t word = 0;
      const bool first = __builtin_add_overflow(a.word[i], b.word[i], &word);
      carry = __builtin_add_overflow(word, uint64_t{carry}, &result.word[i]) || first;
    }
    return result;
  }
  /// Whether there is a borrow.
  static constexpr bool subtract(const Felt& a, const Felt& b, Felt& result) {
    bool borrow = false;
    for (int i = 0; i < 4; ++i) {
      uint64_t word = 0;
      const bool first = __builtin_sub_overflow(a.word[i], b.word[i], &word);
      borrow = __builtin_sub_overflow(word, uint64_t{borrow}, &result.word[i]) || first;
    }
    return borrow;
  }
  /// a - b, plus P if that is negative. By a mask: the branch would be unpredictable.
  static constexpr Felt subtract_modulo(const Felt& a, const Felt& b) {
    Felt result{};
    const uint64_t mask = subtract(a, b, result) ? UINT64_MAX : 0;
    return sum(result, Felt{{kCairoPrime.word[0] & mask, 0, 0, kCairoPrime.word[3] & mask}});
  }
  /// a * b * 2^-256 mod P for a < 2^256, b < P.
  ///
  /// With K = P_3, subtracting q P for q = q_0..q_3 clears the low words t_0..t_3 of the product t
  /// when q_0, q_1, q_2 = t_0, t_1, t_2 and q_3 = t_3 - low(q_0 K): only words from 3 on see q K.
  /// What is left lies in (-P, P).
  static constexpr Felt multiply(const Felt& a, const Felt& b) {
    uint64_t t[8] = {};
    for (int i = 0; i < 4; ++i) {
      uint64_t carry = 0;
      for (int j = 0; j < 4; ++j) {
        t[i + j] = multiply_add(a.word[i], b.word[j], t[i + j], carry);
      }
      t[i + 4] = carry;
    }
    constexpr uint64_t kTop = kCairoPrime.word[3];
    Felt taken{};
    uint64_t carry = 0;
    const uint64_t q3 = t[3] - multiply_add(t[0], kTop, 0, carry);
    taken.word[0] = multiply_add(t[1], kTop, t[3] < q3 ? 1 : 0, carry);
    taken.word[1] = multiply_add(t[2], kTop, 0, carry);
    taken.word[2] = multiply_add(q3, kTop, 0, carry);
    taken.word[3] = carry;
    const Felt high{{t[4], t[5], t[6], t[7]}};
    return subtract_modulo(high, taken);
  }

  Felt montgomery_;
};

}  // namespace cairn
