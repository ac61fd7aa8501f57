#include "core/curve.hpp"

#include "core/error.hpp"

namespace cairn {

bool is_on_curve(const CurvePoint& p) { return p.y * p.y == p.x * p.x * p.x + p.x + kCurveBeta; }

JacobianPoint doubled(const JacobianPoint& p) {
  const Felt252 yy = p.y * p.y;
  const Felt252 xyy = p.x * yy;
  const Felt252 s = xyy + xyy + xyy + xyy;
  const Felt252 xx = p.x * p.x;
  const Felt252 zz = p.z * p.z;
  const Felt252 m = xx + xx + xx + zz * zz;  // the curve's linear coefficient is 1
  const Felt252 yyyy2 = yy * yy + yy * yy;
  const Felt252 yyyy8 = yyyy2 + yyyy2 + yyyy2 + yyyy2;
  const Felt252 x = m * m - s - s;
  const Felt252 yz = p.y * p.z;
  return {x, m * (s - x) - yyyy8, yz + yz};
}

CurveSum add_with_slope(const JacobianPoint& p, const CurvePoint& q) {
  const Felt252 zz = p.z * p.z;
  const Felt252 h = q.x * zz - p.x;
  const Felt252 r = q.y * zz * p.z - p.y;
  const Felt252 hh = h * h;
  const Felt252 hhh = hh * h;
  const Felt252 v = p.x * hh;
  const Felt252 x = r * r - hhh - v - v;
  return {{x, r * (v - x) - p.y * hhh, p.z * h}, r};
}

JacobianPoint add(const JacobianPoint& p, const CurvePoint& q) {
  const CurveSum sum = add_with_slope(p, q);
  check(!sum.point.z.is_zero(), "adds points with one x");
  return sum.point;
}

void invert_all(std::span<Felt252> values) {
  std::vector<Felt252> before(values.size());  // products of the values before each
  Felt252 product(uint64_t{1});
  for (size_t i = 0; i < values.size(); ++i) {
    before[i] = product;
    product = product * values[i];
  }
  Felt252 inverse = product.inverse();
  for (size_t i = values.size(); i-- > 0;) {
    const Felt252 value = values[i];
    values[i] = inverse * before[i];
    inverse = inverse * value;
  }
}

std::vector<CurvePoint> to_affine(std::span<const JacobianPoint> points) {
  std::vector<Felt252> z;
  z.reserve(points.size());
  for (const JacobianPoint& p : points) z.push_back(p.z);
  invert_all(z);
  std::vector<CurvePoint> result(points.size());
  for (size_t i = 0; i < points.size(); ++i) {
    const Felt252 zz = z[i] * z[i];
    result[i] = {points[i].x * zz, points[i].y * zz * z[i]};
  }
  return result;
}

std::vector<CurvePoint> doublings(const CurvePoint& q, int count) {
  std::vector<JacobianPoint> points;
  JacobianPoint p = q;
  for (int i = 0; i < count; ++i) {
    points.push_back(p);
    p = doubled(p);
  }
  return to_affine(points);
}

bool ec_op(const Felt in[5], Felt out[2]) {
  constexpr int kBits = 252;
  for (int i = 0; i < 5; ++i) {
    if (!is_below(in[i], kCairoPrime)) return false;
  }
  const CurvePoint p{Felt252(in[0]), Felt252(in[1])}, q{Felt252(in[2]), Felt252(in[3])};
  if (!is_on_curve(p) || !is_on_curve(q)) return false;
  const std::vector<CurvePoint> points = doublings(q, kBits);
  JacobianPoint sum = p;
  for (int i = 0; i < kBits; ++i) {
    if (in[4].bits(i, 1) == 0) continue;
    sum = add_with_slope(sum, points[static_cast<size_t>(i)]).point;
    if (sum.z.is_zero()) return false;
  }
  const JacobianPoint sums[] = {sum};
  const CurvePoint result = to_affine(sums)[0];
  out[0] = result.x.integer();
  out[1] = result.y.integer();
  return true;
}

}  // namespace cairn
