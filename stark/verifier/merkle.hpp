// Checks opened rows of a mixed-height Merkle tree against its root (docs/protocol.md,
// "Commitments").
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/hash.hpp"
#include "stark/protocol/domain.hpp"
#include "stark/protocol/proof.hpp"

namespace cairn {

/// What a tree commits to, at one height: rows of `width` elements.
struct TreeLevel {
  int log_height;
  size_t width;
};

/// True when the opening's rows, at `positions` (flat, sorted, distinct) of the tallest level and
/// their images below, belong to `root`, and nothing in the opening is left over. Soundness:
/// without the leftover check two different byte strings could be the same proof.
bool opening_is_valid(Hash hash, const Digest& root, std::span<const TreeLevel> levels,
                      std::span<const uint32_t> positions, const TreeOpening& opening);

}  // namespace cairn
