// PEDERSEN_POINTS: the points that the steps of a Pedersen hash add, by step and digit
// (air/chips/pedersen_windows.hpp). Rows past the last step hold zeros under steps that no opener
// names.
#pragma once

#include "air/chips/pedersen_windows.hpp"
#include "air/evaluator.hpp"
#include "air/image.hpp"
#include "air/part.hpp"

namespace cairn {

struct PedersenPoints {
  static constexpr const char* kName = "PEDERSEN_POINTS";
  static constexpr Kind kKind = Kind::kTable;
  static constexpr bool kReadsCounts = true;
  static constexpr int kLogHeight = 15;
  static_assert(kPedersenPoints == 1u << kLogHeight);
  static_assert(PedersenWindow::kSteps * PedersenWindow::kDigits <= kPedersenPoints);
  static constexpr int log_period(int log_height) { return log_height; }

  template <class T>
  struct Columns {
    T multiplicity;
  };

  /// Fixed columns: step, digit, 28 limbs of x, 28 of y.
  static KoalaBear fixed(int column, uint32_t row, int log_height);

  template <class E>
  HOST_DEVICE static constexpr void evaluate(E& e) {
    using V = typename E::Value;
    const auto c = e.template columns<Columns>();
    Array<V, 2 * kLimbs9> point{};
    for (int i = 0; i < 2 * kLimbs9; ++i) point[i] = e.fixed(2 + i);
    e.provide(Bus::kPedersenPoint, c.multiplicity, e.fixed(0), e.fixed(1), point);
  }

  HOST_DEVICE static Columns<KoalaBear> fill(const Image&, const Counts& counts, const Part&,
                                             uint32_t row) {
    return {Counts::read(counts.pedersen_point, row)};
  }
};

}  // namespace cairn
