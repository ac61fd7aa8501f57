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
  constexpr bool is_zero() const { return *this == Felt252(uint64_t{0}); }

  friend constexpr bool operator==(const Felt252&, const Felt252&) = default;
  friend constexpr Felt252 operator+(const Felt252& a, const Felt252& b) {
    return Felt252(Reduced{}, reduce_once(sum(a.montgomery_, b.montgomery_)));
  }
  friend constexpr Felt252 operator-(const Felt252& a, const Felt252& b) {
    Felt result{};
    if (subtract(a.montgomery_, b.montgomery_, result) != 0) result = sum(result, kCairoPrime);
    return Felt252(Reduced{}, result);
  }
  friend constexpr Felt252 operator*(const Felt252& a, const Felt252& b) {
    return Felt252(Reduced{}, multiply(a.montgomery_, b.montgomery_));
  }
  constexpr Felt252 operator-() const { return Felt252(uint64_t{0}) - *this; }

  /// The inverse; zero for zero.
  Felt252 inverse() const;

 private:
  struct Reduced {};  // tells the constructor that takes the Montgomery form
  __extension__ using Wide = unsigned __int128;

  /// 2^512 mod P.
  static constexpr Felt kSquaredRadix{
      {0xfffffd737e000401, 0x00000001330fffff, 0xffffffffff6f8000, 0x07ffd4ab5e008810}};

  constexpr Felt252(Reduced, const Felt& montgomery) : montgomery_(montgomery) {}

  static constexpr Felt sum(const Felt& a, const Felt& b) {
    Felt result{};
    Wide carry = 0;
    for (int i = 0; i < 4; ++i) {
      carry += static_cast<Wide>(a.word[i]) + b.word[i];
      result.word[i] = static_cast<uint64_t>(carry);
      carry >>= 64;
    }
    return result;
  }
  /// Gives the borrow.
  static constexpr uint64_t subtract(const Felt& a, const Felt& b, Felt& result) {
    uint64_t borrow = 0;
    for (int i = 0; i < 4; ++i) {
      const Wide difference = static_cast<Wide>(a.word[i]) - b.word[i] - borrow;
      result.word[i] = static_cast<uint64_t>(difference);
      borrow = static_cast<uint64_t>(difference >> 64) & 1;
    }
    return borrow;
  }
  /// For x < 2P.
  static constexpr Felt reduce_once(const Felt& x) {
    Felt less{};
    return subtract(x, kCairoPrime, less) != 0 ? x : less;
  }
  /// a * b * 2^-256 mod P for a < 2^256, b < P: the sum below stays under 2P * 2^64 in every step.
  static constexpr Felt multiply(const Felt& a, const Felt& b) {
    uint64_t t0 = 0, t1 = 0, t2 = 0, t3 = 0, t4 = 0;
    for (const uint64_t x : a.word) {
      Wide carry = static_cast<Wide>(x) * b.word[0] + t0;
      t0 = static_cast<uint64_t>(carry);
      carry = static_cast<Wide>(x) * b.word[1] + t1 + static_cast<uint64_t>(carry >> 64);
      t1 = static_cast<uint64_t>(carry);
      carry = static_cast<Wide>(x) * b.word[2] + t2 + static_cast<uint64_t>(carry >> 64);
      t2 = static_cast<uint64_t>(carry);
      carry = static_cast<Wide>(x) * b.word[3] + t3 + static_cast<uint64_t>(carry >> 64);
      t3 = static_cast<uint64_t>(carry);
      t4 += static_cast<uint64_t>(carry >> 64);
      // Add m P with m = -t0 mod 2^64: the low word becomes 0 and carries unless it was 0.
      const uint64_t m = 0 - t0;
      const uint64_t low_carry = t0 != 0 ? 1 : 0;
      Wide next = static_cast<Wide>(t1) + low_carry;
      t0 = static_cast<uint64_t>(next);
      next = static_cast<Wide>(t2) + static_cast<uint64_t>(next >> 64);
      t1 = static_cast<uint64_t>(next);
      next = static_cast<Wide>(m) * kCairoPrime.word[3] + t3 + static_cast<uint64_t>(next >> 64);
      t2 = static_cast<uint64_t>(next);
      next = static_cast<Wide>(t4) + static_cast<uint64_t>(next >> 64);
      t3 = static_cast<uint64_t>(next);
      t4 = static_cast<uint64_t>(next >> 64);
    }
    return reduce_once(Felt{{t0, t1, t2, t3}});
  }

  Felt montgomery_;
};

}  // namespace cairn
