// Integers of a fixed number of 32-bit digits, least significant first: the operands of add_mod and
// mul_mod, and their products. For devices too.
#pragma once

#include <cstdint>

#include "core/device.hpp"

namespace cairn {

template <int kDigits>
struct WideInteger {
  uint32_t digit[kDigits];

  friend constexpr bool operator==(const WideInteger&, const WideInteger&) = default;

  /// `count` bits from bit `first` on; count < 32, first + count <= 32 * kDigits.
  HOST_DEVICE constexpr uint32_t bits(int first, int count) const {
    const int index = first / 32;
    uint64_t x = digit[index];
    if (first % 32 + count > 32) x |= uint64_t{digit[index + 1]} << 32;
    return static_cast<uint32_t>(x >> first % 32) & ((uint32_t{1} << count) - 1);
  }
  HOST_DEVICE constexpr bool is_zero() const {
    uint32_t any = 0;
    for (int i = 0; i < kDigits; ++i) any |= digit[i];
    return any == 0;
  }
};

/// Adds `b` to `a`; gives the carry out of the last digit.
template <int kDigits, int kShort>
HOST_DEVICE constexpr uint32_t add_to(WideInteger<kDigits>& a, const WideInteger<kShort>& b) {
  static_assert(kShort <= kDigits);
  uint64_t carry = 0;
  for (int i = 0; i < kDigits; ++i) {
    carry += uint64_t{a.digit[i]} + (i < kShort ? b.digit[i] : 0);
    a.digit[i] = static_cast<uint32_t>(carry);
    carry >>= 32;
  }
  return static_cast<uint32_t>(carry);
}

/// Subtracts factor * 2^(32 shift) * b from `a`; gives what is missing past the last digit, 0 if
/// nothing is.
template <int kDigits, int kShort>
HOST_DEVICE constexpr uint32_t subtract_from(WideInteger<kDigits>& a, const WideInteger<kShort>& b,
                                             uint32_t factor = 1, int shift = 0) {
  uint64_t borrow = 0;
  for (int i = shift; i < kDigits; ++i) {
    borrow += i - shift < kShort ? uint64_t{factor} * b.digit[i - shift] : 0;
    const uint32_t low = static_cast<uint32_t>(borrow);
    borrow = (borrow >> 32) + (a.digit[i] < low ? 1 : 0);
    a.digit[i] -= low;
  }
  return static_cast<uint32_t>(borrow);
}

template <int kLeft, int kRight>
HOST_DEVICE constexpr WideInteger<kLeft + kRight> multiply(const WideInteger<kLeft>& a,
                                                           const WideInteger<kRight>& b) {
  WideInteger<kLeft + kRight> product{};
  for (int i = 0; i < kLeft; ++i) {
    uint64_t carry = 0;
    for (int j = 0; j < kRight; ++j) {
      carry += uint64_t{a.digit[i]} * b.digit[j] + product.digit[i + j];
      product.digit[i + j] = static_cast<uint32_t>(carry);
      carry >>= 32;
    }
    product.digit[i + kRight] = static_cast<uint32_t>(carry);
  }
  return product;
}

template <int kDigits>
HOST_DEVICE constexpr WideInteger<kDigits> shifted_right(const WideInteger<kDigits>& a, int bits) {
  WideInteger<kDigits> result{};
  const int digits = bits / 32;
  for (int i = 0; i + digits < kDigits; ++i) {
    uint64_t x = a.digit[i + digits];
    if (i + digits + 1 < kDigits) x |= uint64_t{a.digit[i + digits + 1]} << 32;
    result.digit[i] = static_cast<uint32_t>(x >> bits % 32);
  }
  return result;
}

/// Whether n = quotient * divisor for a quotient of kDigits digits, which it gives (0 for divisor
/// 0). From the low end (Jebelean 1993): with an odd divisor, each digit of the quotient is the
/// remainder's times the inverse of the divisor's lowest digit.
template <int kDigits, int kDivisor>
HOST_DEVICE constexpr bool divide_exactly(const WideInteger<kDigits + kDivisor>& n,
                                          const WideInteger<kDivisor>& divisor,
                                          WideInteger<kDigits>& quotient) {
  quotient = {};
  if (divisor.is_zero()) return n.is_zero();
  int twos = 0;
  while (divisor.bits(twos, 1) == 0) ++twos;
  const WideInteger<kDivisor> odd = shifted_right(divisor, twos);
  uint32_t inverse = odd.digit[0];  // to 3 bits, then 6, 12, 24, 48
  for (int i = 0; i < 4; ++i) inverse *= 2 - odd.digit[0] * inverse;

  uint32_t lost = 0;
  for (int i = 0; i < twos; ++i) lost |= n.bits(i, 1);
  WideInteger<kDigits + kDivisor> rest = shifted_right(n, twos);
  for (int i = 0; i < kDigits; ++i) {
    quotient.digit[i] = rest.digit[i] * inverse;
    lost |= subtract_from(rest, odd, quotient.digit[i], i);
  }
  return lost == 0 && rest.is_zero();
}

}  // namespace cairn
