// The host's part of the PEDERSEN chips: the table of points and the work of an instance.
#include "air/chips/pedersen.hpp"

#include <array>

#include "air/chips/balanced.hpp"
#include "air/chips/pedersen_points.hpp"
#include "core/curve.hpp"
#include "core/pedersen.hpp"

namespace cairn {
namespace {

using Window = PedersenWindow;

/// What bit `bit` of a (side 0) or b (side 1) multiplies, for all bits.
std::vector<JacobianPoint> bit_points(int side) {
  std::vector<JacobianPoint> points;
  JacobianPoint p = kPedersenLow[side];
  for (int bit = 0; bit < 252; ++bit) {
    if (bit == kPedersenLowBits) p = kPedersenHigh[side];
    points.push_back(p);
    p = doubled(p);
  }
  return points;
}

/// 2 S, and -(2 n - 3) S for n steps.
CurvePoint twice_shift() {
  const JacobianPoint twice[] = {doubled(kPedersenShift)};
  return to_affine(twice)[0];
}
JacobianPoint first_shift() {
  const CurvePoint twice = twice_shift();
  JacobianPoint p = kPedersenShift;
  for (int i = 0; i < Window::kSteps - 2; ++i) p = add(p, twice);
  return {p.x, -p.y, p.z};
}

std::vector<CurvePoint> make_table() {
  std::vector<JacobianPoint> table;
  table.reserve(size_t{Window::kDigits} * Window::kSteps);
  const JacobianPoint shift = twice_shift();
  for (int side = 0; side < 2; ++side) {
    const std::vector<CurvePoint> of_bit = to_affine(bit_points(side));
    for (int window = 0; window < Window::kPerValue; ++window) {
      const size_t first = table.size();
      const bool negated = first == 0;
      table.push_back(negated ? first_shift() : shift);
      for (int bit = 0; bit < Window::kBits; ++bit) {
        const CurvePoint& more = of_bit[static_cast<size_t>(Window::kBits * window + bit)];
        for (size_t d = 0; d < size_t{1} << bit; ++d) table.push_back(add(table[first + d], more));
      }
      if (!negated) continue;
      for (JacobianPoint& p : table) p.y = -p.y;
    }
  }
  return to_affine(table);
}

/// All of the table's limbs, as fixed columns want them.
struct TableLimbs {
  std::vector<std::array<Felt, 2>> point;

  TableLimbs() {
    for (const CurvePoint& p : pedersen_table()) point.push_back({p.x.integer(), p.y.integer()});
  }
};

}  // namespace

const std::vector<CurvePoint>& pedersen_table() {
  static const std::vector<CurvePoint> table = make_table();
  return table;
}

KoalaBear PedersenPoints::fixed(int column, uint32_t row, int) {
  static const TableLimbs table;
  if (column == 0) return row / Window::kDigits;
  if (column == 1) return row % Window::kDigits;
  if (row >= table.point.size()) return 0;
  return table.point[row][(column - 2) / kLimbs9].limb9((column - 2) % kLimbs9);
}

void Pedersen::make_work(const Image& image, uint32_t address, Felt* out) {
  static_assert(kStepFelts == 4);
  const std::vector<CurvePoint>& table = pedersen_table();
  const Felt a = image.value(image.cell(address));
  const Felt b = image.value(image.cell(address + 1));
  const Felt252 balance(kBalance);
  std::array<JacobianPoint, Window::kSteps> sum;
  std::array<Felt252, Window::kSteps> slope{}, inverse;
  for (int s = 0; s < Window::kSteps; ++s) {
    const CurvePoint& p = table[Window::kDigits * static_cast<size_t>(s) + Window::digit(a, b, s)];
    if (s == 0) {
      sum[0] = -p;
    } else {
      const CurveSum next = add_with_slope(sum[s - 1], p);
      sum[s] = next.point;
      slope[s] = next.slope;
    }
    out[kStepFelts * s + 2] = p.x.integer();
    out[kStepFelts * s + 3] = p.y.integer();
    inverse[s] = sum[s].z;
  }
  invert_all(inverse);
  for (int s = 0; s < Window::kSteps; ++s) {
    out[kStepFelts * s] = (slope[s] * inverse[s] + balance).integer();
    out[kStepFelts * s + 1] = (sum[s].x * inverse[s] * inverse[s]).integer();
  }
}

}  // namespace cairn
