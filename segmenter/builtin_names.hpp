// The builtins by name, and how many cells one instance of each has.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "air/image.hpp"

namespace cairn {

struct BuiltinFacts {
  const char* name;         // as in a PIE's program.builtins
  uint32_t instance_cells;  // memory cells of one instance
};

/// By Builtin. segment_arena has no instances in the sense of the others; it is counted in cells.
inline constexpr BuiltinFacts kBuiltinFacts[kBuiltinCount] = {
    {"output", 1},        {"pedersen", 3},      {"range_check", 1}, {"ecdsa", 2},
    {"bitwise", 5},       {"ec_op", 7},         {"keccak", 16},     {"poseidon", 6},
    {"range_check96", 1}, {"segment_arena", 1}, {"add_mod", 7},     {"mul_mod", 7}};

inline const char* builtin_name(Builtin builtin) {
  return kBuiltinFacts[static_cast<int>(builtin)].name;
}

inline std::optional<Builtin> find_builtin(std::string_view name) {
  for (int i = 0; i < kBuiltinCount; ++i) {
    if (name == kBuiltinFacts[i].name) return static_cast<Builtin>(i);
  }
  return std::nullopt;
}

}  // namespace cairn
