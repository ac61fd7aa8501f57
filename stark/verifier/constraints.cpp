#include "stark/verifier/constraints.hpp"

#include "air/chips.hpp"
#include "air/constraint_evaluator.hpp"
#include "stark/protocol/domain.hpp"
#include "stark/protocol/parameters.hpp"

namespace cairn {
namespace {

/// The extension element whose base columns have these values.
KoalaBear5 combine(const KoalaBear5* columns) {
  KoalaBear5 result(0);
  KoalaBear5 basis(1);
  const KoalaBear5 x(0, 1, 0, 0, 0);
  for (int i = 0; i < kExtensionDegree; ++i, basis *= x) result += columns[i] * basis;
  return result;
}

/// What all parts of one height have in common at zeta.
struct Point {
  KoalaBear5 zeta;
  KoalaBear5 vanishing;  // zeta^N - 1
  KoalaBear5 is_first, is_last, except_last;
  KoalaBear inverse_height;

  Point(const KoalaBear5& z, int log_height) : zeta(z) {
    const uint64_t height = uint64_t{1} << log_height;
    const KoalaBear last = KoalaBear::root_of_unity(log_height).inverse();
    vanishing = z.power(height) - 1;
    inverse_height = KoalaBear(static_cast<int64_t>(height)).inverse();
    except_last = z - last;
    is_first = inverse_height * vanishing * (z - 1).inverse();
    is_last = inverse_height * last * vanishing * except_last.inverse();
  }
};

/// A fixed column of `Chip` at zeta: it repeats every 2^kLogPeriod rows, so it is a polynomial in
/// zeta^(N / period), interpolated over the subgroup of the period's order.
template <class Chip>
KoalaBear5 fixed_column(int column, const KoalaBear5& zeta, int log_height) {
  constexpr int kLogPeriod = Chip::kLogPeriod;
  const KoalaBear5 y = zeta.power(uint64_t{1} << (log_height - kLogPeriod));
  const KoalaBear root = KoalaBear::root_of_unity(kLogPeriod);
  KoalaBear5 sum(0);
  KoalaBear point(1);
  for (uint32_t row = 0; row < (1u << kLogPeriod); ++row, point *= root) {
    sum += Chip::fixed(column, row) * point * (y - point).inverse();
  }
  return KoalaBear(1 << kLogPeriod).inverse() * (y.power(1 << kLogPeriod) - 1) * sum;
}

template <class Chip>
struct PointAccess {
  const Point& point;
  const PublicPart& part;
  const PartValues& values;
  const LookupChallenges& challenges;
  const KoalaBear5& lambda;
  mutable KoalaBear5 next_weight;  // weights are asked for in order

  KoalaBear5 main(int i) const { return values.main[i]; }
  KoalaBear5 main_next(int i) const { return values.main_next[i]; }
  KoalaBear5 fixed(int i) const {
    if constexpr (kShape<Chip>.fixed > 0) {
      return fixed_column<Chip>(i, point.zeta, static_cast<int>(part.log_height));
    } else {
      return KoalaBear5(i * 0);
    }
  }
  KoalaBear5 is_first() const { return point.is_first; }
  KoalaBear5 is_last() const { return point.is_last; }
  KoalaBear5 except_last() const { return point.except_last; }
  KoalaBear5 range_begin() const { return KoalaBear(part.range_begin); }
  KoalaBear5 range_end() const { return KoalaBear(part.range_end); }
  KoalaBear5 log_height() const { return KoalaBear(part.log_height); }
  KoalaBear5 helper(int pair) const { return combine(&values.helper[pair * kExtensionDegree]); }
  KoalaBear5 sum_next() const { return combine(values.running_sum_next.data()); }
  KoalaBear5 weight(int) const {
    const KoalaBear5 weight = next_weight;
    next_weight *= lambda;
    return weight;
  }
  KoalaBear5 alpha() const { return challenges.alpha; }
  KoalaBear5 gamma(int i) const { return challenges.gamma[i]; }
  KoalaBear5 sum_share() const { return point.inverse_height * values.sum; }
};

/// The quotient at zeta from its two chunks: chunk c interpolates it on half c of the domain.
KoalaBear5 quotient_at(const std::vector<KoalaBear5>& columns, const KoalaBear5& zeta,
                       int log_height) {
  const uint64_t height = uint64_t{1} << log_height;
  KoalaBear5 sum(0);
  for (uint32_t c = 0; c < kQuotientChunks; ++c) {
    // The vanishing polynomial of the other half: 0 there, (v^N) - 1 = -2 here.
    const KoalaBear5 other = (zeta * half_shift(1 - c, log_height).inverse()).power(height) - 1;
    sum += combine(&columns[c * kExtensionDegree]) * other * KoalaBear(-2).inverse();
  }
  return sum;
}

}  // namespace

bool constraints_hold(const SegmentRecord& record, const SegmentLayout& layout,
                      const SegmentProof& proof, const LookupChallenges& challenges,
                      const KoalaBear5& lambda, const KoalaBear5& zeta) {
  for (size_t h = 0; h < layout.heights().size(); ++h) {
    const HeightGroup& height = layout.heights()[h];
    const Point point(zeta, height.log_height);
    KoalaBear5 sum(0);
    for (const uint32_t i : height.parts) {
      with_chip(record.parts[i].chip, [&]<class Chip>() {
        const KoalaBear5 first = lambda.power(layout.constraint_offset(i));
        const PointAccess<Chip> access{point,      record.parts[i], proof.parts[i],
                                       challenges, lambda,          first};
        ConstraintEvaluator<Chip, KoalaBear5, KoalaBear5, PointAccess<Chip>> evaluator(access);
        Chip::evaluate(evaluator);
        sum += evaluator.result();
      });
    }
    if (!(sum == quotient_at(proof.quotients[h], zeta, height.log_height) * point.vanishing)) {
      return false;
    }
  }
  return true;
}

}  // namespace cairn
