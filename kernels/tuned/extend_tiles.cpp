#include "kernels/tuned/extend_tiles.hpp"

#include <algorithm>
#include <vector>

#include "kernels/extend.hpp"
#include "kernels/tables.hpp"

namespace cairn {
namespace {

using Table = TableCache::Kind;

/// Told apart from the tables of other transforms in the same cache.
constexpr uint32_t kTag = 1u << 16;

/// Entry h + j, for h a power of two below 2^log_size: factor(h) w_2h^j, or without factor and
/// inverted where `inverse`.
template <class Factor>
std::vector<KoalaBear> stage_roots(uint32_t log_size, bool inverse, Factor&& factor) {
  std::vector<KoalaBear> roots(uint64_t{1} << log_size, KoalaBear(1));
  for (uint32_t log_half = 0; log_half < log_size; ++log_half) {
    const uint64_t half = uint64_t{1} << log_half;
    const KoalaBear root = KoalaBear::root_of_unity(static_cast<int>(log_half) + 1);
    const KoalaBear step = inverse ? root.inverse() : root;
    KoalaBear power = factor(half);
    for (uint64_t j = 0; j < half; ++j, power *= step) roots[half + j] = power;
  }
  return roots;
}

uint32_t reversed(uint32_t x, uint32_t bits) {
  uint32_t result = 0;
  for (uint32_t b = 0; b < bits; ++b) result |= (x >> b & 1) << (bits - 1 - b);
  return result;
}

/// (s w^c)^rev(row) at place row 2^log_low + c.
std::vector<KoalaBear> row_factors(KoalaBear s, KoalaBear w, uint32_t log_rows, uint32_t log_low) {
  const uint64_t width = uint64_t{1} << log_low;
  std::vector<KoalaBear> bases(width), powers(width, KoalaBear(1)), factors(width << log_rows);
  for (KoalaBear& base : bases) {
    base = s;
    s *= w;
  }
  for (uint32_t exponent = 0; exponent < 1u << log_rows; ++exponent) {
    std::copy(powers.begin(), powers.end(),
              factors.begin() + static_cast<int64_t>(reversed(exponent, log_rows) * width));
    for (uint64_t c = 0; c < width; ++c) powers[c] *= bases[c];
  }
  return factors;
}

}  // namespace

ExtendTiles make_extend_tiles(Backend& backend, const ExtendTask& task) {
  check(task.log_height >= 1, "tiles extend columns of two rows or more");
  const uint32_t log_low = std::min(task.log_height, tiles::kLogLowTile);
  const uint32_t log_rows = task.log_height - log_low;
  const uint64_t height = uint64_t{1} << task.log_height;
  const KoalaBear w = KoalaBear::root_of_unity(static_cast<int>(task.log_height));
  const KoalaBear shifts[2] = {half_shift_ratio(task, 0), half_shift_ratio(task, 1)};
  const auto one = [](uint64_t) { return KoalaBear(1); };
  // Roots without a shift serve every height: a short table is the beginning of a longer one.
  const auto plain_roots = [&](bool inverse) {
    return backend.tables().get(backend, Table::kLowTwiddles, kTag, KoalaBear(inverse ? 0 : 1),
                                [&] { return stage_roots(tiles::kLogLowTile, inverse, one); });
  };

  ExtendTiles result{};
  result.tall = log_rows > 0;
  check(task.trace_stride < 1u << 31 && task.extended_stride < 1u << 31, "a stride has 31 bits");
  // Of a tall column, `down` puts coefficients in the place of half 0, where `turn` takes them.
  result.turn.log_low = log_low;
  result.turn.log_height = task.log_height;
  result.turn.count = task.columns * height;
  result.turn.scale = KoalaBear(static_cast<int64_t>(height)).inverse();
  result.turn.from = result.tall ? task.extended : task.trace;
  result.turn.to = task.extended;
  result.turn.from_stride =
      static_cast<uint32_t>(result.tall ? task.extended_stride : task.trace_stride);
  result.turn.to_stride = static_cast<uint32_t>(task.extended_stride);
  result.turn.roots[0] = plain_roots(true);
  for (uint32_t half = 0; half < 2; ++half) {
    const KoalaBear s = shifts[half];
    result.turn.roots[1 + half] =
        backend.tables().get(backend, Table::kLowTwiddles, kTag + 1 + task.log_height, s, [&] {
          return stage_roots(log_low, false, [&](uint64_t h) { return s.power(height / (2 * h)); });
        });
  }
  if (!result.tall) return result;

  const auto factors = [&](KoalaBear key, KoalaBear s, KoalaBear root) {
    return backend.tables().get(backend, Table::kHighTwiddles, kTag + task.log_height, key,
                                [&] { return row_factors(s, root, log_rows, log_low); });
  };
  const uint32_t log_lanes = std::min(
      log_low,
      std::max(tiles::kLogSector, tiles::kLogHighTile - std::min(tiles::kLogHighTile, log_rows)));
  const KoalaBear* back = factors(KoalaBear(0), KoalaBear(1), w.inverse());
  HighTile tile{};
  tile.log_rows = log_rows;
  tile.log_low = log_low;
  tile.log_lanes = log_lanes;
  tile.to = task.extended;
  tile.to_stride = task.extended_stride;

  result.down = tile;
  result.down.interpolates = true;
  result.down.units = task.columns;
  result.down.from = task.trace;
  result.down.from_stride = task.trace_stride;
  result.down.roots = plain_roots(true);
  result.down.factors[0] = result.down.factors[1] = back;

  result.up = tile;
  result.up.units = 2 * task.columns;
  result.up.log_halves = 1;
  result.up.from = task.extended;
  result.up.from_stride = task.extended_stride;
  result.up.roots = plain_roots(false);
  for (uint32_t half = 0; half < 2; ++half) {
    result.up.factors[half] = factors(shifts[half], shifts[half], w);
  }
  return result;
}

}  // namespace cairn
