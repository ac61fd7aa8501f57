// The curve: group laws, and the ec_op builtin against instances of real PIEs.
#include "core/curve.hpp"

#include <gtest/gtest.h>

#include "core/pedersen.hpp"
#include "tests/support/ec_op_instances.hpp"
#include "tests/support/random.hpp"

namespace cairn {
namespace {

/// The order of the group.
const Felt kOrder = parse_felt("0x800000000000010ffffffffffffffffb781126dcae7b2321e66a241adc64d2f");

struct Result {
  bool defined;
  CurvePoint point;
};

Result compute(const CurvePoint& p, const CurvePoint& q, const Felt& m) {
  const Felt in[5] = {p.x.integer(), p.y.integer(), q.x.integer(), q.y.integer(), m};
  Felt out[2] = {};
  const bool defined = ec_op(in, out);
  return {defined, {Felt252(out[0]), Felt252(out[1])}};
}

CurvePoint affine(const JacobianPoint& p) {
  const JacobianPoint points[] = {p};
  return to_affine(points)[0];
}

const CurvePoint kPoints[] = {kPedersenShift, kPedersenLow[0], kPedersenLow[1], kPedersenHigh[0],
                              kPedersenHigh[1]};

TEST(Curve, SumsStayOnTheCurve) {
  for (const CurvePoint& p : kPoints) {
    EXPECT_TRUE(is_on_curve(p));
    EXPECT_FALSE(is_on_curve({p.x, p.y + Felt252(uint64_t{1})}));
    EXPECT_TRUE(is_on_curve(affine(doubled(p))));
    for (const CurvePoint& q : kPoints) {
      if (p == q) continue;
      EXPECT_TRUE(is_on_curve(affine(add(p, q))));
    }
  }
}

TEST(Curve, SumsCommuteAndAssociate) {
  const CurvePoint &a = kPoints[0], &b = kPoints[1], &c = kPoints[2];
  EXPECT_EQ(affine(add(a, b)), affine(add(b, a)));
  EXPECT_EQ(affine(add(add(a, b), c)), affine(add(add(b, c), a)));
  EXPECT_EQ(affine(add(doubled(a), b)), affine(add(add(a, b), a)));
}

TEST(Curve, SlopeIsThatOfTheLine) {
  const JacobianPoint p = add(kPoints[0], kPoints[1]);
  const CurvePoint at = affine(p), &q = kPoints[2];
  const CurveSum sum = add_with_slope(p, q);
  EXPECT_EQ(sum.slope * sum.point.z.inverse() * (q.x - at.x), q.y - at.y);
}

TEST(Curve, InvertsAll) {
  Random random(1);
  std::vector<Felt252> values;
  for (int i = 0; i < 9; ++i) values.emplace_back(random.odd_felt());
  for (Felt252& x : values) x = x.is_zero() ? Felt252(uint64_t{1}) : x;
  std::vector<Felt252> inverses = values;
  invert_all(inverses);
  for (size_t i = 0; i < values.size(); ++i) EXPECT_EQ(inverses[i], values[i].inverse());
}

TEST(EcOp, GivesWhatRealRunsHold) {
  const std::vector<Felt> cells = ec_op_instances();
  for (size_t i = 0; i < cells.size(); i += 7) {
    Felt out[2] = {};
    ASSERT_TRUE(ec_op(&cells[i], out));
    EXPECT_EQ(out[0], cells[i + 5]);
    EXPECT_EQ(out[1], cells[i + 6]);
  }
}

TEST(EcOp, IsLinearInTheFactor) {
  const CurvePoint &p = kPoints[1], &q = kPoints[2];
  EXPECT_EQ(compute(p, q, Felt{}).point, p);
  EXPECT_EQ(compute(p, q, Felt{{1, 0, 0, 0}}).point, affine(add(p, q)));
  EXPECT_EQ(compute(p, q, Felt{{2, 0, 0, 0}}).point, affine(add(doubled(q), p)));
  // The order of the group, as any integer below the prime.
  const Result whole = compute(p, q, kOrder);
  ASSERT_TRUE(whole.defined);
  EXPECT_EQ(whole.point, p);
  Random random(2);
  for (int i = 0; i < 4; ++i) {
    const Felt m = random.felt();
    const Felt252 more = Felt252(m) + Felt252(uint64_t{1});
    if (more.is_zero()) continue;
    const Result one = compute(p, q, m), next = compute(p, q, more.integer());
    ASSERT_TRUE(one.defined && next.defined);
    EXPECT_EQ(next.point, affine(add(one.point, q)));
  }
}

TEST(EcOp, IsNotDefinedWherePointsMeet) {
  const CurvePoint &p = kPoints[1], &q = kPoints[2];
  const CurvePoint twice = affine(doubled(q));
  EXPECT_FALSE(compute(q, q, Felt{{1, 0, 0, 0}}).defined);
  EXPECT_FALSE(compute(-q, q, Felt{{1, 0, 0, 0}}).defined);
  EXPECT_FALSE(compute(twice, q, Felt{{2, 0, 0, 0}}).defined);
  EXPECT_FALSE(compute(q, q, Felt{{3, 0, 0, 0}}).defined);
  // Met, but not added.
  EXPECT_TRUE(compute(q, q, Felt{}).defined);
  EXPECT_EQ(compute(q, q, Felt{{2, 0, 0, 0}}).point, affine(add(twice, q)));
  // Off the curve; not felts.
  const Felt252 one(uint64_t{1});
  EXPECT_FALSE(compute({p.x + one, p.y}, q, Felt{}).defined);
  EXPECT_FALSE(compute(p, {q.x, q.y + one}, Felt{}).defined);
  EXPECT_FALSE(compute(p, q, kCairoPrime).defined);
}

}  // namespace
}  // namespace cairn
