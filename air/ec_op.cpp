// The host's part of the EC_OP chips: the work of an instance.
#include "air/chips/ec_op.hpp"

#include <vector>

#include "core/curve.hpp"

namespace cairn {

void EcOp::make_work(const Image& image, uint32_t address, Felt* out) {
  static_assert(kStepFelts == 6);
  Felt252 in[4];
  for (uint32_t i = 0; i < 4; ++i) in[i] = Felt252(image.value(image.cell(address + i)));
  const Felt m = image.value(image.cell(address + 4));
  const std::vector<CurvePoint> multiples = doublings({in[2], in[3]}, kSteps);

  std::vector<JacobianPoint> sums = {CurvePoint{in[0], in[1]}};
  std::vector<Felt252> slope(kSteps), tangent(kSteps), inverse, double_y;
  for (size_t s = 0; s < kSteps; ++s) {
    const CurvePoint& p = multiples[s];
    const Felt252 xx = p.x * p.x;
    tangent[s] = xx + xx + xx + Felt252(uint64_t{1});
    double_y.push_back(p.y + p.y);
    if (s + 1 == kSteps) break;
    if (m.bits(static_cast<int>(s), 1) == 0) {
      slope[s] = Felt252(uint64_t{0});
      sums.push_back(sums.back());
    } else {
      const CurveSum next = add_with_slope(sums.back(), p);
      slope[s] = next.slope;
      sums.push_back(next.point);
    }
  }
  slope.back() = Felt252(uint64_t{0});
  for (const JacobianPoint& p : sums) inverse.push_back(p.z);
  invert_all(inverse);
  invert_all(double_y);
  for (size_t s = 0; s < kSteps; ++s) {
    const Felt252 zz = inverse[s] * inverse[s];
    const Felt252 values[kStepFelts] = {
        sums[s].x * zz,
        sums[s].y * zz * inverse[s],
        multiples[s].x,
        multiples[s].y,
        s + 1 == kSteps ? slope[s] : slope[s] * inverse[s + 1],
        s + 1 == kSteps ? Felt252(uint64_t{0}) : tangent[s] * double_y[s],
    };
    for (size_t i = 0; i < kStepFelts; ++i) {
      out[kStepFelts * s + i] = balanced_form(values[i].integer());
    }
  }
  for (size_t i = 0; i < 2; ++i) {
    out[kSteps * kStepFelts + i] = (in[2 * i] * in[2 * i]).integer();
  }
}

}  // namespace cairn
