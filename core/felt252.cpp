#include "core/felt252.hpp"

#include <algorithm>

#include "core/error.hpp"

namespace cairn {
namespace {

__extension__ using Wide = unsigned __int128;

/// x = x * factor + term; gives what does not fit 256 bits.
uint64_t multiply_add(Felt& x, uint64_t factor, uint64_t term) {
  Wide carry = term;
  for (uint64_t& word : x.word) {
    carry += static_cast<Wide>(word) * factor;
    word = static_cast<uint64_t>(carry);
    carry >>= 64;
  }
  return static_cast<uint64_t>(carry);
}

/// x = x / divisor; gives the remainder.
uint64_t divide(Felt& x, uint64_t divisor) {
  Wide remainder = 0;
  for (int i = 3; i >= 0; --i) {
    remainder = remainder << 64 | x.word[i];
    x.word[i] = static_cast<uint64_t>(remainder / divisor);
    remainder %= divisor;
  }
  return static_cast<uint64_t>(remainder);
}

std::string to_base(Felt x, uint64_t base) {
  std::string digits;
  do {
    digits += "0123456789abcdef"[divide(x, base)];
  } while (x != Felt{});
  std::reverse(digits.begin(), digits.end());
  return digits;
}

/// The digit's value; 16 for what is none.
uint64_t digit_value(char c) {
  if (c >= '0' && c <= '9') return static_cast<uint64_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<uint64_t>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<uint64_t>(c - 'A' + 10);
  return 16;
}

Felt252 square_times(Felt252 x, int count) {
  for (int i = 0; i < count; ++i) x = x * x;
  return x;
}

}  // namespace

std::string to_hex(const Felt& x) { return "0x" + to_base(x, 16); }

std::string to_decimal(const Felt& x) { return to_base(x, 10); }

Felt parse_felt(std::string_view text) {
  const bool hexadecimal = text.starts_with("0x") || text.starts_with("0X");
  const uint64_t base = hexadecimal ? 16 : 10;
  const std::string_view digits = hexadecimal ? text.substr(2) : text;
  const auto refuse = [&text](const char* why) {
    throw Error(Code::kBadInput, "integer \"" + std::string(text.substr(0, 100)) + "\": " + why);
  };
  if (digits.empty()) refuse("no digits");
  Felt x{};
  for (const char c : digits) {
    const uint64_t digit = digit_value(c);
    if (digit >= base) refuse("not a number");
    if (multiply_add(x, base, digit) != 0) refuse("2^256 or more");
  }
  return x;
}

Felt252 Felt252::inverse() const {
  // P - 2 = (2^59 + 16) * 2^192 + (2^192 - 1); ones_n is x^(2^n - 1).
  const Felt252& x = *this;
  const Felt252 ones2 = x * x * x;
  const Felt252 ones3 = square_times(ones2, 1) * x;
  const Felt252 ones6 = square_times(ones3, 3) * ones3;
  const Felt252 ones12 = square_times(ones6, 6) * ones6;
  const Felt252 ones24 = square_times(ones12, 12) * ones12;
  const Felt252 ones48 = square_times(ones24, 24) * ones24;
  Felt252 power = square_times(square_times(x, 55) * x, 4);
  for (int i = 0; i < 4; ++i) power = square_times(power, 48) * ones48;
  return power;
}

}  // namespace cairn
