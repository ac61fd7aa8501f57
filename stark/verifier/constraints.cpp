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

/// The fixed columns of `Chip` at zeta. Their content repeats every 2^log_period rows, so that each
/// is a polynomial in zeta^(N / period), interpolated over the subgroup of the period's order.
template <class Chip>
std::vector<KoalaBear5> fixed_columns(const KoalaBear5& zeta, int log_height) {
  std::vector<KoalaBear5> values(kShape<Chip>.fixed, KoalaBear5(0));
  if constexpr (kShape<Chip>.fixed > 0) {
    const int log_period = Chip::log_period(log_height);
    const uint32_t period = 1u << log_period;
    const KoalaBear5 y = zeta.power(uint64_t{1} << (log_height - log_period));
    const KoalaBear root = KoalaBear::root_of_unity(log_period);
    // Weights x / (y - x) by one inversion: prefix products up, inverses down.
    std::vector<KoalaBear5> weight(period);
    std::vector<KoalaBear> points(period);
    KoalaBear5 product(1);
    KoalaBear point(1);
    for (uint32_t row = 0; row < period; ++row, point *= root) {
      points[row] = point;
      weight[row] = product;
      product *= y - point;
    }
    KoalaBear5 inverse = product.inverse();
    for (uint32_t row = period; row-- > 0;) {
      weight[row] *= inverse * points[row];
      inverse *= y - points[row];
    }
    const KoalaBear5 scale = (y.power(period) - 1) * KoalaBear(int64_t{period}).inverse();
    for (int column = 0; column < kShape<Chip>.fixed; ++column) {
      for (uint32_t row = 0; row < period; ++row) {
        values[column] += weight[row] * Chip::fixed(column, row, log_height);
      }
      values[column] *= scale;
    }
  }
  return values;
}

template <class Chip>
struct PointAccess {
  const Point& point;
  const PublicPart& part;
  const PartValues& values;
  const LookupChallenges& challenges;
  const KoalaBear5& lambda;
  const std::vector<KoalaBear5>& fixed_values;
  mutable KoalaBear5 next_weight;  // weights are asked for in order

  KoalaBear5 main(int i) const { return values.main[i]; }
  KoalaBear5 main_next(int i) const { return values.main_next[i]; }
  KoalaBear5 fixed(int i) const { return fixed_values[i]; }
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
        const auto fixed = fixed_columns<Chip>(zeta, height.log_height);
        const PointAccess<Chip> access{point,  record.parts[i], proof.parts[i], challenges,
                                       lambda, fixed,           first};
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
