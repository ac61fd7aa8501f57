// Low-degree extension on a device: what replaces extend_by_passes (kernels/extend.hpp), its
// oracle.
//
// A column of N = 2^(high + low) values is N / 2^low rows of 2^low neighbours, place = row 2^low +
// c. Three launches do all of it, 36 bytes of device memory a cell:
//   1. HighTile interpolates the first `high` stages: a block takes all rows of a few neighbours;
//   2. LowTile takes 2^12 neighbours: the other stages, the factor 1 / N, and for either half the
//      first `low` stages of its evaluation. Columns of up to 2^12 rows need this launch alone;
//   3. HighTile evaluates the last `high` stages of both halves.
// In a block, threads do four stages at a time in registers and exchange through shared memory.
// Steps of different rounds only are ordered, by barriers: a round reads and writes the same
// places.
//
// HighTile's stages know nothing of c nor of the coset's shift s: what these add to the twiddles
// factors out of the stages to one product a value, (s w_N^c)^rev(row) or (w_N^-c)^rev(row).
//
// Bodies take block and thread as arguments, so that a test runs the very index maps on a CPU.
// Not yet measured on a device.
#pragma once

#include <cstdint>

#include "core/device.hpp"
#include "core/koala_bear.hpp"

// Every index must be known, so that values stay in registers.
#if defined(__CUDA_ARCH__)
#define CAIRN_UNROLL _Pragma("unroll")
#define CAIRN_NO_UNROLL _Pragma("unroll 1")
#else
#define CAIRN_UNROLL
#define CAIRN_NO_UNROLL
#endif

namespace cairn {

class Backend;
struct ExtendTask;

namespace tiles {

inline constexpr uint32_t kLogRadix = 4;     // stages of a round
inline constexpr uint32_t kLogLowTile = 12;  // values of a LowTile, and the longest row
inline constexpr uint32_t kLogHighTile = 13;
inline constexpr uint32_t kLogSector = 3;  // the least neighbours of a HighTile: 32 bytes
inline constexpr uint32_t kLowThreads = 256;
inline constexpr uint32_t kHighThreads = 512;

/// v with the `count` bits of s put in from bit `at` on.
HOST_DEVICE uint32_t with_bits(uint32_t v, uint32_t s, uint32_t at, uint32_t count) {
  return (v & ((1u << at) - 1)) | s << at | v >> at << (at + count);
}
HOST_DEVICE uint32_t rounds_of(uint32_t log_size) { return (log_size + kLogRadix - 1) / kLogRadix; }

/// Where value e of a tile lies in shared memory: such that the 32 threads of a warp meet 32 banks.
HOST_DEVICE uint32_t low_place(uint32_t e) { return e ^ (e >> 5 & 15) ^ (e >> 4 & 16); }
HOST_DEVICE uint32_t high_place(uint32_t e) { return e ^ (e >> 4 & 24); }

/// A value that no kernel in flight writes.
HOST_DEVICE KoalaBear load_constant(const KoalaBear* p) {
#ifdef __CUDA_ARCH__
  return KoalaBear::from_montgomery(__ldg(reinterpret_cast<const uint32_t*>(p)));
#else
  return *p;
#endif
}

/// Stages on 2^kBits values of one thread, which are 2^log_step apart; `low` is what their index
/// has below that. The twiddles of the stage that joins blocks of h are roots[h ..]. Decimation in
/// frequency to interpolate, in time to evaluate.
template <int kBits>
HOST_DEVICE void interpolate(KoalaBear (&x)[1 << kBits], const KoalaBear* roots, uint32_t log_step,
                             uint32_t low) {
  CAIRN_UNROLL
  for (int k = kBits - 1; k >= 0; --k) {
    CAIRN_UNROLL
    for (int s = 0; s < 1 << kBits; ++s) {
      if ((s >> k & 1) != 0) continue;
      const uint32_t j = static_cast<uint32_t>(s & ((1 << k) - 1)) << log_step | low;
      const KoalaBear root = load_constant(roots + (1u << (log_step + k)) + j);
      const KoalaBear a = x[s], b = x[s | 1 << k];
      x[s] = a + b;
      x[s | 1 << k] = (a - b) * root;
    }
  }
}
template <int kBits>
HOST_DEVICE void evaluate(KoalaBear (&x)[1 << kBits], const KoalaBear* roots, uint32_t log_step,
                          uint32_t low) {
  CAIRN_UNROLL
  for (int k = 0; k < kBits; ++k) {
    CAIRN_UNROLL
    for (int s = 0; s < 1 << kBits; ++s) {
      if ((s >> k & 1) != 0) continue;
      const uint32_t j = static_cast<uint32_t>(s & ((1 << k) - 1)) << log_step | low;
      const KoalaBear a = x[s];
      const KoalaBear b = x[s | 1 << k] * load_constant(roots + (1u << (log_step + k)) + j);
      x[s] = a + b;
      x[s | 1 << k] = a - b;
    }
  }
}

}  // namespace tiles

/// The stages that join rows, of `units` columns (or halves of columns) 2^(log_rows + log_low)
/// apart.
struct HighTile {
  bool interpolates;
  uint32_t log_rows;  // at least 1
  uint32_t log_low;
  uint32_t log_lanes;  // neighbours that a block takes of each row
  uint32_t units;
  uint32_t log_halves;  // 0: units are columns; 1: halves of columns, one after the other
  const KoalaBear* from;
  uint64_t from_stride;  // of columns
  KoalaBear* to;         // may be `from`
  uint64_t to_stride;
  const KoalaBear* roots;
  const KoalaBear* factors[2];  // of even and odd units, by place

  HOST_DEVICE uint32_t log_tile() const { return log_rows + log_lanes; }
  /// Units are fastest: blocks that run side by side read the same factors.
  uint64_t blocks() const { return uint64_t{units} << (log_low - log_lanes); }
  HOST_DEVICE uint32_t phases() const { return tiles::rounds_of(log_rows); }

  /// A barrier follows each phase. `shared` holds 2^log_tile values.
  HOST_DEVICE void phase(uint32_t phase, uint64_t block, uint32_t thread, uint32_t threads,
                         KoalaBear* shared) const {
    const uint32_t round = interpolates ? phases() - 1 - phase : phase;
    const uint32_t left = log_rows - round * tiles::kLogRadix;
    if (left >= 4) return steps<4>(round, block, thread, threads, shared);
    if (left == 3) return steps<3>(round, block, thread, threads, shared);
    if (left == 2) return steps<2>(round, block, thread, threads, shared);
    steps<1>(round, block, thread, threads, shared);
  }

 private:
  template <int kBits>
  HOST_DEVICE void steps(uint32_t round, uint64_t block, uint32_t thread, uint32_t threads,
                         KoalaBear* shared) const {
    const auto unit = static_cast<uint32_t>(block % units);
    const auto panel = static_cast<uint32_t>(block / units);
    const uint64_t number = unit >> log_halves;
    const uint64_t half = uint64_t{unit & log_halves} << (log_rows + log_low);
    const KoalaBear* source = from + number * from_stride + half;
    KoalaBear* column = to + number * to_stride + half;
    const KoalaBear* factor = factors[unit & 1];
    const uint32_t log_step = round * tiles::kLogRadix;
    const uint32_t at = log_lanes + log_step;
    const bool lowest = round == 0, highest = round + 1 == phases();
    const bool reads = interpolates ? highest : lowest;   // from the column, not from `shared`
    const bool writes = interpolates ? lowest : highest;  // likewise
    CAIRN_NO_UNROLL
    for (uint32_t v = thread; v < 1u << (log_tile() - kBits); v += threads) {
      const uint32_t low = v >> log_lanes & ((1u << log_step) - 1);
      const auto value = [&](uint32_t s) { return tiles::with_bits(v, s, at, kBits); };
      KoalaBear x[1 << kBits];
      if (reads) {
        CAIRN_UNROLL
        for (uint32_t s = 0; s < 1u << kBits; ++s) x[s] = source[place(panel, value(s))];
      } else {
        CAIRN_UNROLL
        for (uint32_t s = 0; s < 1u << kBits; ++s) x[s] = shared[tiles::high_place(value(s))];
      }
      if (reads && !interpolates) multiply<kBits>(x, factor, panel, v, at);
      if (interpolates) {
        tiles::interpolate<kBits>(x, roots, log_step, low);
      } else {
        tiles::evaluate<kBits>(x, roots, log_step, low);
      }
      if (writes && interpolates) multiply<kBits>(x, factor, panel, v, at);
      if (writes) {
        CAIRN_UNROLL
        for (uint32_t s = 0; s < 1u << kBits; ++s) column[place(panel, value(s))] = x[s];
      } else {
        CAIRN_UNROLL
        for (uint32_t s = 0; s < 1u << kBits; ++s) shared[tiles::high_place(value(s))] = x[s];
      }
    }
  }
  template <int kBits>
  HOST_DEVICE void multiply(KoalaBear (&x)[1 << kBits], const KoalaBear* factor, uint32_t panel,
                            uint32_t v, uint32_t at) const {
    CAIRN_UNROLL
    for (uint32_t s = 0; s < 1u << kBits; ++s) {
      x[s] *= tiles::load_constant(factor + place(panel, tiles::with_bits(v, s, at, kBits)));
    }
  }
  HOST_DEVICE uint32_t place(uint32_t panel, uint32_t e) const {
    return (e >> log_lanes << log_low) + (panel << log_lanes) + (e & ((1u << log_lanes) - 1));
  }
};

/// The stages inside rows of 2^log_low neighbours, there and back, of 2^12 values a block.
struct LowTile {
  uint32_t log_low;  // at least 1
  uint32_t log_height;
  uint64_t count;  // values of all columns
  KoalaBear scale;
  const KoalaBear* from;
  KoalaBear* to;  // the halves; half 0 may be `from`
  uint32_t from_stride;
  uint32_t to_stride;
  const KoalaBear* roots[3];  // to interpolate, to evaluate on half 0 and 1

  uint64_t blocks() const { return (count + kTile - 1) >> tiles::kLogLowTile; }
  HOST_DEVICE uint32_t phases() const { return 2 * tiles::rounds_of(log_low) - 1; }

  /// A barrier follows each phase. `shared` holds twice 2^12 values.
  HOST_DEVICE void phase(uint32_t phase, uint64_t block, uint32_t thread, uint32_t threads,
                         KoalaBear* shared) const {
    const uint32_t turn = tiles::rounds_of(log_low) - 1;
    const uint32_t round = phase < turn ? turn - phase : phase - turn;
    const uint32_t left = log_low - round * tiles::kLogRadix;
    const Step step{phase == 0, phase + 1 == phases(),      phase <= turn, phase >= turn,
                    round,      block << tiles::kLogLowTile};
    if (left >= 4) return steps<4>(step, thread, threads, shared);
    if (left == 3) return steps<3>(step, thread, threads, shared);
    if (left == 2) return steps<2>(step, thread, threads, shared);
    steps<1>(step, thread, threads, shared);
  }

 private:
  static constexpr uint32_t kTile = 1u << tiles::kLogLowTile;

  struct Step {
    bool reads, writes;  // device memory, not `shared`
    bool interpolates, evaluates;
    uint32_t round;
    uint64_t first;  // value of the block
  };

  template <int kBits>
  HOST_DEVICE void steps(const Step& step, uint32_t thread, uint32_t threads,
                         KoalaBear* shared) const {
    const uint32_t at = step.round * tiles::kLogRadix;
    // Offsets in 32 bits from what all threads of the block share.
    const uint64_t left = count - step.first;
    const uint32_t filled = left < kTile ? static_cast<uint32_t>(left) : kTile;
    const uint32_t mask = (1u << log_height) - 1;
    const uint64_t column = step.first >> log_height;
    const uint64_t row = step.first & mask;
    const KoalaBear* source = from + column * from_stride + row;
    KoalaBear* target = to + column * to_stride + row;
    CAIRN_NO_UNROLL
    for (uint32_t v = thread; v < kTile >> kBits; v += threads) {
      const uint32_t first = tiles::with_bits(v, 0, at, kBits);
      const uint32_t low = v & ((1u << at) - 1);
      // Places are linear over bits: those of value first + s 2^at are this one's, some bits
      // flipped.
      const uint32_t first_place = tiles::low_place(first);
      const auto place = [&](uint32_t s) { return first_place ^ tiles::low_place(s << at); };
      KoalaBear x[1 << kBits];
      if (step.interpolates) {
        if (step.reads) {
          CAIRN_UNROLL
          for (uint32_t s = 0; s < 1u << kBits; ++s) {
            const uint32_t e = first | s << at;
            x[s] = e < filled ? source[(e >> log_height) * from_stride + (e & mask)]
                              : KoalaBear::from_montgomery(0);
          }
        } else {
          CAIRN_UNROLL
          for (uint32_t s = 0; s < 1u << kBits; ++s) x[s] = shared[place(s)];
        }
        tiles::interpolate<kBits>(x, roots[0], at, low);
        CAIRN_UNROLL
        for (uint32_t s = 0; s < 1u << kBits; ++s) {
          if (step.evaluates) x[s] *= scale;
          shared[place(s)] = x[s];
          // One array of values lives at a time: the halves take theirs from here.
          if (step.evaluates) shared[kTile + place(s)] = x[s];
        }
      }
      if (!step.evaluates) continue;
      CAIRN_NO_UNROLL
      for (uint32_t half = 0; half < 2; ++half) {
        KoalaBear* const own = shared + half * kTile;
        CAIRN_UNROLL
        for (uint32_t s = 0; s < 1u << kBits; ++s) x[s] = own[place(s)];
        tiles::evaluate<kBits>(x, half == 0 ? roots[1] : roots[2], at, low);
        if (step.writes) {
          CAIRN_UNROLL
          for (uint32_t s = 0; s < 1u << kBits; ++s) {
            const uint32_t e = first | s << at;
            if (e < filled) {
              target[(e >> log_height) * to_stride + (e & mask) + (half << log_height)] = x[s];
            }
          }
        } else {
          CAIRN_UNROLL
          for (uint32_t s = 0; s < 1u << kBits; ++s) own[place(s)] = x[s];
        }
      }
    }
  }
};

/// The launches of one extension, in order; the first and last only where a column has more rows
/// than one.
struct ExtendTiles {
  bool tall;
  HighTile down;
  LowTile turn;
  HighTile up;
};

/// The launches of a task of 2 rows or more, its tables in the backend's memory.
ExtendTiles make_extend_tiles(Backend& backend, const ExtendTask& task);

}  // namespace cairn

#undef CAIRN_UNROLL
#undef CAIRN_NO_UNROLL
