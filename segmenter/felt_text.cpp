#include "segmenter/felt_text.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/felt252.hpp"

namespace cairn {

std::optional<Felt> parse_decimal(std::string_view text) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.empty() || !std::all_of(text.begin(), text.end(), is_digit)) return std::nullopt;
  try {
    return parse_felt(text);
  } catch (const Error&) {  // 2^256 or more
    return std::nullopt;
  }
}

std::string to_text(const Felt& value) {
  const auto small = [](const Felt& x) {
    return (x.word[1] | x.word[2] | x.word[3] | x.word[0] >> 63) == 0;
  };
  if (small(value)) return to_decimal(value);
  const Felt negated = (-Felt252(value)).integer();
  return small(negated) ? fmt::format("-{}", to_decimal(negated)) : to_hex(value);
}

}  // namespace cairn
