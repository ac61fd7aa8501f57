// What the host computes for an instance of the poseidon builtin, and where it lies among the
// instance's work; the steps of the chain.
//
// The fourth full round is written as two cubes and a partial round, so that rows are whole: rounds
// 0 to 2 (POSEIDON_FULL), cubes of elements 0 and 1 of round 3 (POSEIDON), element 2 of rounds 3 to
// 86 (POSEIDON_PARTIAL), rounds 87 to 90 (POSEIDON_FULL).
#pragma once

#include "air/chips/poseidon_cubes.hpp"
#include "air/image.hpp"

namespace cairn {

inline constexpr uint32_t kPoseidonCells = 6;  // of an instance: 3 in, 3 out
inline constexpr int kPoseidonWidth = 3;

/// Full rounds in rows of their own, before and after the others.
inline constexpr int kPoseidonFirstRows = 3;
inline constexpr int kPoseidonFullRows = 7;
/// Partial rounds, and how many of them make a row.
inline constexpr int kPoseidonPartialRounds = 84;
inline constexpr int kPoseidonRoundsPerRow = 4;
inline constexpr int kPoseidonPartialRows = kPoseidonPartialRounds / kPoseidonRoundsPerRow;
static_assert(kPoseidonPartialRows * kPoseidonRoundsPerRow == kPoseidonPartialRounds);

/// Steps: a row of step s takes message s and gives message s + 1. Between the three chains of rows
/// a step is left out, which POSEIDON bridges.
inline constexpr int kPoseidonPartialStep = kPoseidonFirstRows + 1;
inline constexpr int kPoseidonLastStep = kPoseidonPartialStep + kPoseidonPartialRows + 1;
inline constexpr int kPoseidonEndStep = kPoseidonLastStep + kPoseidonFullRows - kPoseidonFirstRows;

/// What a table row's constants are for.
enum class PoseidonStep : int { kFull = 1, kPartial = 2 };

/// Values are integers whose limbs the rows hold: x + (the sum of all biases) modulo P.
struct PoseidonWork {
  /// Elements before the cubes of rounds 0 to 3 and 87 to 90, then the outputs as memory has them.
  static constexpr int kStates = 0;
  static constexpr int kStateCount = kPoseidonFullRows + 2;
  /// Squares of elements 0, 1, 2 in the rows of full rounds; of elements 0, 1 of round 3.
  static constexpr int kFullSquares = kStates + kPoseidonWidth * kStateCount;
  static constexpr int kMiddleSquares = kFullSquares + kPoseidonWidth * kPoseidonFullRows;
  static constexpr int kMiddleCubes = kMiddleSquares + 2;
  /// Element 2 of rounds 3 to 87 and its squares.
  static constexpr int kInputs = kMiddleCubes + 2;
  static constexpr int kSquares = kInputs + kPoseidonPartialRounds + 1;
  /// After each row of partial rounds: w in limbs of 18 bits, and b, 28 signed integers of 16 bits.
  static constexpr int kSums = kSquares + kPoseidonPartialRounds;
  static constexpr int kDifferences = kSums + kPoseidonPartialRows;
  static constexpr int kFelts = kDifferences + 2 * (kPoseidonPartialRows + 1);

  const Felt* felt;

  HOST_DEVICE PoseidonWork(const Image& image, uint32_t instance)
      : felt(image.work[static_cast<int>(Builtin::kPoseidon)] + uint64_t{kFelts} * instance) {}

  HOST_DEVICE const Felt& state(int which, int i) const {
    return felt[kStates + kPoseidonWidth * which + i];
  }
  HOST_DEVICE const Felt& full_square(int row, int i) const {
    return felt[kFullSquares + kPoseidonWidth * row + i];
  }
  /// w before partial row `row`, in digits.
  HOST_DEVICE Array<int64_t, kLimbs18> sum(int row) const {
    if (row > 0) return balanced18_of(felt[kSums + row - 1]);
    const Array<int64_t, kLimbs18> y0 = join_pairs<int64_t>(balanced9_of(felt[kMiddleCubes]));
    Array<int64_t, kLimbs18> w = join_pairs<int64_t>(balanced9_of(felt[kMiddleCubes + 1]));
    for (int i = 0; i < kLimbs18; ++i) w[i] += y0[i];
    return w;
  }
  /// b before partial row `row`, in digits.
  HOST_DEVICE Array<int64_t, kLimbs9> difference(int row) const {
    Array<int64_t, kLimbs9> b;
    for (int i = 0; i < kLimbs9; ++i) {
      const uint64_t word = felt[kDifferences + 2 * row + i / 16].word[i / 4 % 4];
      b[i] = static_cast<int16_t>(word >> 16 * (i % 4));
    }
    return b;
  }
};

/// Computes the work of the instance at `address` from its three inputs. Host only.
void make_poseidon_work(const Image& image, uint32_t address, Felt* out);

/// The constants of POSEIDON_ROUNDS: of a step, limb i of cube `cube`; 0 where there is none.
uint32_t poseidon_constant(uint32_t step, int cube, int limb);

}  // namespace cairn
