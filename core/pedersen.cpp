#include "core/pedersen.hpp"

#include <vector>

#include "core/error.hpp"
#include "core/felt252.hpp"

namespace cairn {
namespace {

struct Affine {
  Felt252 x, y;
};

/// (x / z^2, y / z^3).
struct Jacobian {
  Felt252 x, y, z;
};

constexpr Felt252 constant(uint64_t w3, uint64_t w2, uint64_t w1, uint64_t w0) {
  return Felt252(Felt{{w0, w1, w2, w3}});
}

// The five constant points of the Starknet documentation ("Pedersen hash", shift point and P1..P4).
constexpr Affine kShift{
    constant(0x049ee3eba8c16007, 0x00ee1b87eb599f16, 0x716b0b1022947733, 0x551fde4050ca6804),
    constant(0x03ca0cfe4b3bc6dd, 0xf346d49d06ea0ed3, 0x4e621062c0e056c1, 0xd0405d266e10268a)};
constexpr Affine kP1{
    constant(0x0234287dcbaffe7f, 0x969c748655fca9e5, 0x8fa8120b6d56eb0c, 0x1080d17957ebe47b),
    constant(0x03b056f100f96fb2, 0x1e889527d41f4e39, 0x940135dd7a6c94cc, 0x6ed0268ee89e5615)};
constexpr Affine kP2{
    constant(0x04fa56f376c83db3, 0x3f9dab2656558f33, 0x99099ec1de5e3018, 0xb7a6932dba8aa378),
    constant(0x03fa0984c931c9e3, 0x8113e0c0e47e4401, 0x562761f92a7a23b4, 0x5168f4e80ff5b54d)};
constexpr Affine kP3{
    constant(0x04ba4cc166be8dec, 0x764910f75b45f74b, 0x40c690c74709e90f, 0x3aa372f0bd2d6997),
    constant(0x0040301cf5c1751f, 0x4b971e46c4ede85f, 0xcac5c59a5ce5ae7c, 0x48151f27b24b219c)};
constexpr Affine kP4{
    constant(0x054302dcb0e6cc1c, 0x6e44cca8f61a63bb, 0x2ca65048d53fb325, 0xd36ff12c49a58202),
    constant(0x01b77b3e37d13504, 0xb348046268d8ae25, 0xce98ad783c25561a, 0x879dcc77e99c2426)};

constexpr int kWindowBits = 8;
constexpr int kLowWindows = 31;  // 248 bits
constexpr size_t kWindowPoints = 255;

Jacobian doubled(const Jacobian& p) {
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

/// p + q for p other than q and -q. Sums here never meet that case: it would be a known relation
/// among points whose discrete logarithms nobody knows, or among small multiples of one point.
Jacobian add(const Jacobian& p, const Affine& q) {
  const Felt252 zz = p.z * p.z;
  const Felt252 h = q.x * zz - p.x;
  check(!h.is_zero(), "Pedersen: points with one x");
  const Felt252 r = q.y * zz * p.z - p.y;
  const Felt252 hh = h * h;
  const Felt252 hhh = hh * h;
  const Felt252 v = p.x * hh;
  const Felt252 x = r * r - hhh - v - v;
  return {x, r * (v - x) - p.y * hhh, p.z * h};
}

/// Affine forms, with one inversion for all.
std::vector<Affine> to_affine(const std::vector<Jacobian>& points) {
  std::vector<Felt252> before(points.size());  // products of the z before each point's
  Felt252 product(uint64_t{1});
  for (size_t i = 0; i < points.size(); ++i) {
    before[i] = product;
    product = product * points[i].z;
  }
  Felt252 inverse = product.inverse();
  std::vector<Affine> result(points.size());
  for (size_t i = points.size(); i-- > 0;) {
    const Felt252 z = inverse * before[i];
    inverse = inverse * points[i].z;
    const Felt252 zz = z * z;
    result[i] = {points[i].x * zz, points[i].y * zz * z};
  }
  return result;
}

/// Multiples 1..255 of 2^(8 w) `base` for each window w, window after window.
std::vector<Affine> window_table(const Affine& base, int windows) {
  const Felt252 one(uint64_t{1});
  std::vector<Jacobian> bases = {{base.x, base.y, one}};
  for (int w = 1; w < windows; ++w) {
    Jacobian p = bases.back();
    for (int i = 0; i < kWindowBits; ++i) p = doubled(p);
    bases.push_back(p);
  }
  std::vector<Jacobian> multiples;
  for (const Affine& q : to_affine(bases)) {
    Jacobian p{q.x, q.y, one};
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
  std::vector<Affine> low[2] = {window_table(kP1, kLowWindows), window_table(kP3, kLowWindows)};
  std::vector<Affine> high[2] = {window_table(kP2, 1), window_table(kP4, 1)};
};

}  // namespace

Felt pedersen(const Felt& a, const Felt& b) {
  static const Tables tables;
  Jacobian sum{kShift.x, kShift.y, Felt252(uint64_t{1})};
  int side = 0;
  for (const Felt& value : {a, b}) {
    check(is_below(value, kCairoPrime), "Pedersen hashes felts below the prime");
    const std::vector<Affine>& low = tables.low[side];
    for (int w = 0; w < kLowWindows; ++w) {
      const uint32_t k = value.bits(kWindowBits * w, kWindowBits);
      if (k != 0) sum = add(sum, low[static_cast<size_t>(w) * kWindowPoints + k - 1]);
    }
    const uint32_t k = value.bits(248, 4);
    if (k != 0) sum = add(sum, tables.high[side][k - 1]);
    ++side;
  }
  return (sum.x * (sum.z * sum.z).inverse()).integer();
}

}  // namespace cairn
