// POSEIDON_ROUNDS: the constants that the rows of POSEIDON_FULL and POSEIDON_PARTIAL add, by step.
//
// Soundness: the content is fixed. The message says which of the two chips the step is for, and
// steps 3, 25 and those from 30 on are for none.
#pragma once

#include "air/chips/poseidon_work.hpp"
#include "air/part.hpp"

namespace cairn {

struct PoseidonRounds {
  static constexpr const char* kName = "POSEIDON_ROUNDS";
  static constexpr Kind kKind = Kind::kTable;
  static constexpr bool kReadsCounts = true;
  static constexpr int kLogHeight = 6;
  static constexpr int log_period(int log_height) { return log_height; }
  static constexpr int kConstants = kPoseidonRoundsPerRow * kLimbs18;

  template <class T>
  struct Columns {
    T multiplicity;
  };

  HOST_DEVICE static constexpr int step_kind(uint32_t step) {
    const auto is_between = [step](int begin, int end) {
      return static_cast<int>(step) >= begin && static_cast<int>(step) < end;
    };
    if (is_between(0, kPoseidonFirstRows) || is_between(kPoseidonLastStep, kPoseidonEndStep)) {
      return static_cast<int>(PoseidonStep::kFull);
    }
    const bool partial = is_between(kPoseidonPartialStep, kPoseidonLastStep - 1);
    return partial ? static_cast<int>(PoseidonStep::kPartial) : 0;
  }

  /// Fixed columns: step, kind of step, constants.
  static KoalaBear fixed(int column, uint32_t row, int) {
    if (column == 0) return KoalaBear(row);
    if (column == 1) return KoalaBear(step_kind(row));
    return KoalaBear(poseidon_constant(row, (column - 2) / kLimbs18, (column - 2) % kLimbs18));
  }

  template <class E>
  HOST_DEVICE static constexpr void evaluate(E& e) {
    using V = typename E::Value;
    const auto c = e.template columns<Columns>();
    Array<V, kConstants> constant{};
    for (int i = 0; i < kConstants; ++i) constant[i] = e.fixed(2 + i);
    e.provide(Bus::kPoseidonRound, c.multiplicity, e.fixed(0), e.fixed(1), constant);
  }

  HOST_DEVICE static Columns<KoalaBear> fill(const Image&, const Counts& counts, const Part&,
                                             uint32_t row) {
    return {Counts::read(counts.poseidon_round, row)};
  }
};

}  // namespace cairn
