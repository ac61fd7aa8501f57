// The STARK curve y^2 = x^3 + x + beta over the Cairo prime: a group of prime order, so no point
// has y = 0.
#pragma once

#include <span>
#include <vector>

#include "core/felt252.hpp"

namespace cairn {

inline constexpr Felt252 kCurveBeta(Felt{
    {0xf4cdfcb99cee9e89, 0x609ad26c15c915c1, 0x150e596d72f7a8c5, 0x06f21413efbe40de}});

/// A point other than the one at infinity.
struct CurvePoint {
  Felt252 x, y;

  friend constexpr bool operator==(const CurvePoint&, const CurvePoint&) = default;
  constexpr CurvePoint operator-() const { return {x, -y}; }
};

/// (x / z^2, y / z^3).
struct JacobianPoint {
  Felt252 x, y, z;

  JacobianPoint() = default;
  constexpr JacobianPoint(const CurvePoint& p)  // NOLINT(google-explicit-constructor)
      : x(p.x), y(p.y), z(uint64_t{1}) {}
  constexpr JacobianPoint(const Felt252& x_, const Felt252& y_, const Felt252& z_)
      : x(x_), y(y_), z(z_) {}
};

bool is_on_curve(const CurvePoint& p);

JacobianPoint doubled(const JacobianPoint& p);

/// p + q, for p and q of different x.
struct CurveSum {
  JacobianPoint point;
  /// The slope of the line through p and q is slope / point.z.
  Felt252 slope;
};
CurveSum add_with_slope(const JacobianPoint& p, const CurvePoint& q);

/// p + q; throws where both have one x.
JacobianPoint add(const JacobianPoint& p, const CurvePoint& q);

/// Affine forms, with one inversion for all.
std::vector<CurvePoint> to_affine(std::span<const JacobianPoint> points);

/// q, 2 q, 4 q, ...: `count` points.
std::vector<CurvePoint> doublings(const CurvePoint& q, int count);

/// The ec_op builtin: P + m Q for in = P.x, P.y, Q.x, Q.y, m, by adding 2^i Q for the bits i of m
/// from the lowest on. False where the builtin does not define it: P or Q is not on the curve, m is
/// not below the Cairo prime, or two points that are to be added have one x.
bool ec_op(const Felt in[5], Felt out[2]);

/// Inverts each of the values, none of which is 0, with one inversion.
void invert_all(std::span<Felt252> values);

}  // namespace cairn
