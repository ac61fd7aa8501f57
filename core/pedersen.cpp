#include "core/pedersen.hpp"

#include <vector>

#include "core/curve.hpp"
#include "core/error.hpp"

namespace cairn {
namespace {

constexpr int kWindowBits = 8;
constexpr int kLowWindows = kPedersenLowBits / kWindowBits;
constexpr size_t kWindowPoints = 255;

/// Multiples 1..255 of 2^(8 w) `base` for each window w, window after window.
std::vector<CurvePoint> window_table(const CurvePoint& base, int windows) {
  std::vector<JacobianPoint> bases = {base};
  for (int w = 1; w < windows; ++w) {
    JacobianPoint p = bases.back();
    for (int i = 0; i < kWindowBits; ++i) p = doubled(p);
    bases.push_back(p);
  }
  std::vector<JacobianPoint> multiples;
  for (const CurvePoint& q : to_affine(bases)) {
    JacobianPoint p = q;
    multiples.push_back(p);
    p = doubled(p);
    multiples.push_back(p);
    for (size_t k = 3; k <= kWindowPoints; ++k) {
      p = add(p, q);
      multiples.push_back(p);
    }
  }
  return to_affine(multiples);
}

struct Tables {
  std::vector<CurvePoint> low[2] = {window_table(kPedersenLow[0], kLowWindows),
                                    window_table(kPedersenLow[1], kLowWindows)};
  std::vector<CurvePoint> high[2] = {window_table(kPedersenHigh[0], 1),
                                     window_table(kPedersenHigh[1], 1)};
};

}  // namespace

Felt pedersen(const Felt& a, const Felt& b) {
  static const Tables tables;
  // Sums here never meet points of one x: that would be a known relation among points whose
  // discrete logarithms nobody knows, or among small multiples of one point.
  JacobianPoint sum = kPedersenShift;
  int side = 0;
  for (const Felt& value : {a, b}) {
    check(is_below(value, kCairoPrime), "Pedersen hashes felts below the prime");
    const std::vector<CurvePoint>& low = tables.low[side];
    for (int w = 0; w < kLowWindows; ++w) {
      const uint32_t k = value.bits(kWindowBits * w, kWindowBits);
      if (k != 0) sum = add(sum, low[static_cast<size_t>(w) * kWindowPoints + k - 1]);
    }
    const uint32_t k = value.bits(kPedersenLowBits, 4);
    if (k != 0) sum = add(sum, tables.high[side][k - 1]);
    ++side;
  }
  return (sum.x * (sum.z * sum.z).inverse()).integer();
}

}  // namespace cairn
