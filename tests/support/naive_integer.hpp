// Non-negative integers of any size by the school's rules, for tests: vectors of bits, least
// significant first.
#pragma once

#include <cstdint>
#include <vector>

namespace cairn::naive {

class Integer {
 public:
  Integer(uint64_t x = 0) {  // NOLINT(google-explicit-constructor): a + 1 reads well
    for (; x != 0; x >>= 1) bits_.push_back((x & 1) != 0);
  }
  /// 2^exponent.
  static Integer power(int exponent) {
    Integer x;
    x.bits_.assign(exponent + 1, false);
    x.bits_[exponent] = true;
    return x;
  }

  bool bit(size_t i) const { return i < bits_.size() && bits_[i]; }
  size_t size() const { return bits_.size(); }
  uint64_t low_bits(size_t first, int count) const {
    uint64_t x = 0;
    for (int i = 0; i < count; ++i) x |= uint64_t{bit(first + i)} << i;
    return x;
  }

  friend bool operator==(const Integer&, const Integer&) = default;
  friend bool operator<(const Integer& a, const Integer& b) {
    if (a.size() != b.size()) return a.size() < b.size();
    for (size_t i = a.size(); i-- > 0;) {
      if (a.bit(i) != b.bit(i)) return b.bit(i);
    }
    return false;
  }
  friend Integer operator+(const Integer& a, const Integer& b) {
    Integer sum;
    int carry = 0;
    for (size_t i = 0; i < a.size() || i < b.size() || carry != 0; ++i) {
      carry += a.bit(i) + b.bit(i);
      sum.bits_.push_back((carry & 1) != 0);
      carry >>= 1;
    }
    return sum.trimmed();
  }
  /// For b <= a.
  friend Integer operator-(const Integer& a, const Integer& b) {
    Integer difference;
    int borrow = 0;
    for (size_t i = 0; i < a.size(); ++i) {
      const int x = a.bit(i) - b.bit(i) - borrow;
      difference.bits_.push_back((x & 1) != 0);
      borrow = x < 0 ? 1 : 0;
    }
    return difference.trimmed();
  }
  friend Integer operator*(const Integer& a, const Integer& b) {
    Integer product;
    for (size_t i = b.size(); i-- > 0;) {
      product = product + product;
      if (b.bit(i)) product = product + a;
    }
    return product;
  }
  /// For b > 0.
  friend Integer operator%(const Integer& a, const Integer& b) {
    Integer rest;
    for (size_t i = a.size(); i-- > 0;) {
      rest = rest + rest + Integer(a.bit(i) ? 1 : 0);
      if (!(rest < b)) rest = rest - b;
    }
    return rest;
  }

 private:
  Integer& trimmed() {
    while (!bits_.empty() && !bits_.back()) bits_.pop_back();
    return *this;
  }
  std::vector<bool> bits_;
};

}  // namespace cairn::naive
