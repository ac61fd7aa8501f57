// The parameters of every segment proof: unique decoding at rate 1/2 (decision 7 of the design).
//
// They are constants, not fields of a proof: a verifier that reads its own security from the proof
// has none. stark/protocol/soundness.hpp says what they give; a test recomputes it for every shape
// in use.
#pragma once

#include <cstdint>

namespace cairn {

/// Evaluation domains are 2^kLogBlowup times the trace: rate 1/2.
inline constexpr int kLogBlowup = 1;
/// Positions at which each commitment is opened.
inline constexpr int kQueries = 193;
/// Proof of work before the queries are drawn.
inline constexpr int kQueryWorkBits = 20;
/// The low-degree test folds by 2^3, by less only in its last step.
inline constexpr int kLogFoldArity = 3;
/// The last polynomial is sent in the clear with 2^6 coefficients.
inline constexpr int kLogLastCoefficients = 6;
/// Constraints have degree 3, so quotients have degree below 2 N: two chunks.
inline constexpr int kQuotientChunks = 2;
inline constexpr int kMaxConstraintDegree = 3;
/// What every proof has to reach, in proven bits.
inline constexpr double kSecurityTarget = 100.0;

/// The exponents by which a codeword of 2^(log_height + 1) values is folded, first step first.
struct FoldSchedule {
  int step[16];
  int count;

  static constexpr FoldSchedule for_height(int log_height) {
    FoldSchedule schedule{};
    for (int left = log_height - kLogLastCoefficients; left > 0;) {
      const int step = left < kLogFoldArity ? left : kLogFoldArity;
      schedule.step[schedule.count++] = step;
      left -= step;
    }
    return schedule;
  }
};

}  // namespace cairn
