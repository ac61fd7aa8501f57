// Evaluation domains and their order (docs/protocol.md).
//
// A trace of height N = 2^n lies on H = <w>, row i at w^i. It is committed on 2 N points g v^k, v^2
// = w, in two halves: position p = c N + i holds g v^(2 i + c). Positions of a lower height follow
// from those of a taller one by i mod N; folding keeps the halves apart as well.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "core/koala_bear.hpp"

namespace cairn {

/// A position in coset-major order of a domain whose halves have 2^log_height points.
struct Position {
  uint32_t half;
  uint32_t index;

  static constexpr Position of(uint32_t position, int log_height) {
    return {position >> log_height, position & ((1u << log_height) - 1)};
  }
  constexpr uint32_t flat(int log_height) const { return (half << log_height) + index; }
  /// The position that holds the same codeword value in a domain of a lower height.
  constexpr Position lowered(int log_height) const {
    return {half, index & ((1u << log_height) - 1)};
  }
};

/// v^(2 i + c): the point without the shift g.
constexpr KoalaBear unshifted_point(Position p, int log_height) {
  return KoalaBear::root_of_unity(log_height + 1).power(2 * uint64_t{p.index} + p.half);
}

constexpr KoalaBear domain_point(Position p, int log_height) {
  return KoalaBear::generator() * unshifted_point(p, log_height);
}

/// The shift g v^c of half c.
constexpr KoalaBear half_shift(uint32_t half, int log_height) {
  return domain_point({half, 0}, log_height);
}

/// The distinct positions of a height that a sorted list of positions of the tallest height falls
/// on.
inline std::vector<uint32_t> lowered_positions(std::span<const uint32_t> positions,
                                               int from_log_height, int to_log_height) {
  std::vector<uint32_t> result;
  result.reserve(positions.size());
  for (const uint32_t p : positions) {
    result.push_back(Position::of(p, from_log_height).lowered(to_log_height).flat(to_log_height));
  }
  std::sort(result.begin(), result.end());
  result.erase(std::unique(result.begin(), result.end()), result.end());
  return result;
}

}  // namespace cairn
