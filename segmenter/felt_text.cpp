#include "segmenter/felt_text.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "segmenter/felt_math.hpp"

namespace cairn {

std::optional<Felt> parse_decimal(std::string_view text) {
  constexpr size_t kDigits = 18;  // 10^18 < 2^64
  if (text.empty()) return std::nullopt;
  Felt value{};
  for (size_t begin = 0; begin < text.size();) {
    const size_t count = std::min(kDigits, text.size() - begin);
    uint64_t scale = 1;
    uint64_t carry = 0;
    for (size_t i = 0; i < count; ++i) {
      const char digit = text[begin + i];
      if (digit < '0' || digit > '9') return std::nullopt;
      carry = 10 * carry + static_cast<uint64_t>(digit - '0');
      scale *= 10;
    }
    for (uint64_t& word : value.word) {
      const unsigned __int128 x = static_cast<unsigned __int128>(word) * scale + carry;
      word = static_cast<uint64_t>(x);
      carry = static_cast<uint64_t>(x >> 64);
    }
    if (carry != 0) return std::nullopt;
    begin += count;
  }
  return value;
}

std::string to_text(const Felt& value) {
  const auto small = [](const Felt& x) {
    return (x.word[1] | x.word[2] | x.word[3] | x.word[0] >> 63) == 0;
  };
  if (small(value)) return fmt::format("{}", value.word[0]);
  const Felt negated = subtract_words(kCairoPrime, value);
  if (small(negated)) return fmt::format("-{}", negated.word[0]);
  std::string digits;
  for (int i = 3; i >= 0; --i) digits += fmt::format("{:016x}", value.word[i]);
  return "0x" + digits.substr(digits.find_first_not_of('0'));
}

}  // namespace cairn
