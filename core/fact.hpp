// The fact that settlement registers: GPS's keccak of a program hash and of the tree of output
// pages.
#pragma once

#include <cstdint>
#include <span>

#include "core/felt.hpp"
#include "core/keccak.hpp"

namespace cairn {

/// keccak(program_hash, root) of 32-byte big-endian words. A page is the keccak of its words; an
/// inner node is 1 + keccak(hash, end, hash, end, ...) over its children, where end counts output
/// words up to there. `topology` holds pairs (pages, nodes): push that many pages, then join that
/// many of the last nodes into one, unless it is 0. Throws Error(kBadInput) when sizes and topology
/// do not make one tree of all pages.
Keccak256 gps_fact(const Felt& program_hash, std::span<const Felt> output,
                   std::span<const uint32_t> page_sizes, std::span<const uint32_t> topology);

}  // namespace cairn
