// The base field F: integers modulo p = 2^31 - 2^24 + 1, "KoalaBear".
//
// A value is kept in Montgomery form, x * 2^32 mod p, always fully reduced, so that equal elements
// have equal bits. `canonical()` gives the integer in [0, p); bytes on the wire and in hashes are
// canonical.
#pragma once

#include <cstdint>

#include "core/device.hpp"

namespace cairn {

/// x^(p - 2) in 30 squarings and 7 products: p - 2 is 111111 0 1...1 (24 ones) in binary.
template <class V>
HOST_DEVICE constexpr V inverse_by_power(const V& x) {
  const V x2 = x * x * x;    // two ones
  const V x3 = x2 * x2 * x;  // three
  V power = x3 * x3;
  power *= power;
  power *= power;
  const V x6 = power * x3;  // six
  power = x6 * x6;          // and the zero
  for (int chunk = 0; chunk < 4; ++chunk) {
    for (int i = 0; i < 6; ++i) power *= power;
    power *= x6;
  }
  return power;
}

class KoalaBear {
 public:
  static constexpr uint32_t kModulus = 0x7f000001u;
  /// The largest n for which the field has a 2^n-th root of unity.
  static constexpr int kTwoAdicity = 24;

  KoalaBear() = default;
  /// The class of the integer `value`, of any sign.
  HOST_DEVICE constexpr KoalaBear(
      int64_t value)  // NOLINT(google-explicit-constructor): 1 - x reads well
      : montgomery_(reduce(word_of(value) * kSquaredRadix)) {}

  /// Takes bits in Montgomery form, as `montgomery()` gives them; they must be below p.
  HOST_DEVICE static constexpr KoalaBear from_montgomery(uint32_t bits) {
    KoalaBear x;
    x.montgomery_ = bits;
    return x;
  }
  HOST_DEVICE constexpr uint32_t montgomery() const { return montgomery_; }
  HOST_DEVICE constexpr uint32_t canonical() const { return reduce(montgomery_); }

  /// x * 2^-32 mod p for x < 2^32 * p.
  HOST_DEVICE static constexpr uint32_t reduce(uint64_t x) {
    const uint32_t quotient = static_cast<uint32_t>(x) * kInverse;
    const uint32_t product_high =
        static_cast<uint32_t>((static_cast<uint64_t>(quotient) * kModulus) >> 32);
    const uint32_t difference = static_cast<uint32_t>(x >> 32) - product_high;
    const uint32_t more = difference + kModulus;
    return more < difference ? more : difference;
  }

  HOST_DEVICE friend constexpr KoalaBear operator+(KoalaBear a, KoalaBear b) {
    const uint32_t sum = a.montgomery_ + b.montgomery_;
    const uint32_t less = sum - kModulus;
    return from_montgomery(less < sum ? less : sum);
  }
  HOST_DEVICE friend constexpr KoalaBear operator-(KoalaBear a, KoalaBear b) {
    const uint32_t difference = a.montgomery_ - b.montgomery_;
    const uint32_t more = difference + kModulus;
    return from_montgomery(more < difference ? more : difference);
  }
  HOST_DEVICE friend constexpr KoalaBear operator*(KoalaBear a, KoalaBear b) {
    return from_montgomery(reduce(static_cast<uint64_t>(a.montgomery_) * b.montgomery_));
  }
  HOST_DEVICE constexpr KoalaBear operator-() const {
    return KoalaBear::from_montgomery(0) - *this;
  }
  HOST_DEVICE constexpr KoalaBear& operator+=(KoalaBear b) { return *this = *this + b; }
  HOST_DEVICE constexpr KoalaBear& operator-=(KoalaBear b) { return *this = *this - b; }
  HOST_DEVICE constexpr KoalaBear& operator*=(KoalaBear b) { return *this = *this * b; }
  HOST_DEVICE friend constexpr bool operator==(KoalaBear a, KoalaBear b) {
    return a.montgomery_ == b.montgomery_;
  }

  HOST_DEVICE constexpr KoalaBear power(uint64_t exponent) const {
    KoalaBear result(1);
    KoalaBear square = *this;
    for (; exponent != 0; exponent >>= 1) {
      if ((exponent & 1) != 0) result *= square;
      square *= square;
    }
    return result;
  }
  /// The inverse; zero for zero.
  HOST_DEVICE constexpr KoalaBear inverse() const { return inverse_by_power(*this); }

  /// A generator of the whole multiplicative group; the shift of every evaluation domain.
  HOST_DEVICE static constexpr KoalaBear generator() { return KoalaBear(3); }
  /// A primitive 2^log_order-th root of unity; consistent: root(n)^2 = root(n - 1). log_order
  /// <= 24.
  HOST_DEVICE static constexpr KoalaBear root_of_unity(int log_order) {
    KoalaBear root = generator().power((kModulus - 1) >> kTwoAdicity);
    for (int i = log_order; i < kTwoAdicity; ++i) root *= root;
    return root;
  }

 private:
  /// Some number of 32 bits in the class of `value`: without a division for all that chips compute.
  HOST_DEVICE static constexpr uint64_t word_of(int64_t value) {
    constexpr int64_t kP = kModulus;
    const bool fits = value >= -kP && value <= int64_t{0xffffffff} - kP;
    return static_cast<uint64_t>((fits ? value : value % kP) + kP);
  }

  static constexpr uint64_t kSquaredRadix = 402124772;  // 2^64 mod p
  static constexpr uint32_t kInverse = 0x81000001u;     // p^-1 mod 2^32

  uint32_t montgomery_;
};

}  // namespace cairn
