// Starknet's hash of a Cairo program: a Pedersen chain over its builtins, entry point and words.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/felt.hpp"

namespace cairn {

/// An ASCII name as a felt, first letter most significant. At most 31 letters, else
/// Error(kBadInput).
Felt short_string(std::string_view name);

/// h(d0, h(d1, ... h(dn-2, dn-1))) over [length, 0, main, builtin count, builtin names...,
/// words...], where length counts what follows it and 0 is the bootloader's version. Builtin names
/// are those of the program
/// ("output", "range_check", ...). Words are below the Cairo prime.
Felt program_hash(std::span<const Felt> words, uint64_t main,
                  std::span<const std::string> builtin_names);

/// The hash under which the core contract knows an aggregator program: pedersen("AGGREGATOR",
/// hash).
Felt aggregator_program_hash(const Felt& hash);

}  // namespace cairn
