// Felts as text: exact decimal integers in, short readable numbers out.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/felt.hpp"

namespace cairn {

/// The value of a decimal integer without sign; nothing if it is no such text or not below 2^256.
std::optional<Felt> parse_decimal(std::string_view text);

/// Decimal below 2^63 and for small negative values (from P - 2^63 on), hexadecimal otherwise.
std::string to_text(const Felt& value);

}  // namespace cairn
