#include "stark/verifier/low_degree.hpp"

#include <algorithm>

#include "air/chips.hpp"
#include "stark/protocol/fold.hpp"
#include "stark/protocol/parameters.hpp"
#include "stark/verifier/merkle.hpp"

namespace cairn {
namespace {

/// Values of the codeword at sorted flat positions.
struct Values {
  std::vector<uint32_t> position;
  std::vector<KoalaBear5> value;

  const KoalaBear5& at(uint32_t p) const {
    const auto found = std::lower_bound(position.begin(), position.end(), p);
    return value[static_cast<size_t>(found - position.begin())];
  }
};

/// Columns of one kind at one height, and where a part's last five or first `next` of them are.
struct Widths {
  size_t main = 0, helper = 0;
  std::vector<size_t> next_columns;  // indices into the main row
  std::vector<size_t> sum_columns;   // indices into the helper row
};

Widths widths_of(const SegmentRecord& record, const HeightGroup& height) {
  Widths w;
  for (const uint32_t part : height.parts) {
    with_chip(record.parts[part].chip, [&]<class Chip>() {
      for (int i = 0; i < kShape<Chip>.next; ++i) w.next_columns.push_back(w.main + i);
      w.main += kShape<Chip>.columns;
      w.helper += kShape<Chip>.helper_columns();
      for (int i = 0; i < kExtensionDegree; ++i) {
        w.sum_columns.push_back(w.helper - kExtensionDegree + i);
      }
    });
  }
  return w;
}

/// The values that all parts of a height were said to have, in the order of the opened rows.
std::vector<KoalaBear5> gather(const SegmentProof& proof, const HeightGroup& height,
                               std::vector<KoalaBear5> PartValues::*member) {
  std::vector<KoalaBear5> result;
  for (const uint32_t part : height.parts) {
    const auto& values = proof.parts[part].*member;
    result.insert(result.end(), values.begin(), values.end());
  }
  return result;
}

/// sum_k delta^k value_k, k counted on over successive calls.
class Batch {
 public:
  Batch(const KoalaBear5& delta, const KoalaBear5& first_power)
      : delta_(delta), power_(first_power) {}
  template <class Value>
  void add(const Value& value) {
    sum_ += power_ * value;
    power_ *= delta_;
  }
  const KoalaBear5& sum() const { return sum_; }
  const KoalaBear5& power() const { return power_; }

 private:
  KoalaBear5 delta_, power_;
  KoalaBear5 sum_ = KoalaBear5(0);
};

/// One height's share of the first layer at the positions of that height; moves `power` on.
Values quotients_of_height(const SegmentRecord& record, const SegmentProof& proof,
                           const HeightGroup& height, size_t level, const LowDegreeClaim& claim,
                           std::vector<uint32_t> positions, KoalaBear5& power) {
  const Widths widths = widths_of(record, height);
  constexpr size_t kQuotientWidth = kQuotientChunks * kExtensionDegree;
  Batch at_zeta(claim.delta, power);
  for (const auto& v : gather(proof, height, &PartValues::main)) at_zeta.add(v);
  for (const auto& v : gather(proof, height, &PartValues::helper)) at_zeta.add(v);
  for (const auto& v : proof.quotients[level]) at_zeta.add(v);
  Batch at_next(claim.delta, at_zeta.power());
  for (const auto& v : gather(proof, height, &PartValues::main_next)) at_next.add(v);
  for (const auto& v : gather(proof, height, &PartValues::running_sum_next)) at_next.add(v);

  const KoalaBear5 next_zeta = claim.zeta * KoalaBear::root_of_unity(height.log_height);
  Values result{std::move(positions), {}};
  for (size_t i = 0; i < result.position.size(); ++i) {
    const KoalaBear* main = &proof.main.rows[level][i * widths.main];
    const KoalaBear* helper = &proof.helper.rows[level][i * widths.helper];
    const KoalaBear* quotient = &proof.quotient.rows[level][i * kQuotientWidth];
    Batch row(claim.delta, power);
    for (size_t k = 0; k < widths.main; ++k) row.add(main[k]);
    for (size_t k = 0; k < widths.helper; ++k) row.add(helper[k]);
    for (size_t k = 0; k < kQuotientWidth; ++k) row.add(quotient[k]);
    Batch next_row(claim.delta, row.power());
    for (const size_t k : widths.next_columns) next_row.add(main[k]);
    for (const size_t k : widths.sum_columns) next_row.add(helper[k]);
    const KoalaBear5 x(
        domain_point(Position::of(result.position[i], height.log_height), height.log_height));
    result.value.push_back((row.sum() - at_zeta.sum()) * (x - claim.zeta).inverse() +
                           (next_row.sum() - at_next.sum()) * (x - next_zeta).inverse());
  }
  power = at_next.power();
  return result;
}

bool tree_is_valid(Hash hash, const Digest& root, const std::vector<TreeLevel>& levels,
                   const LowDegreeClaim& claim, const TreeOpening& opening) {
  return opening_is_valid(hash, root, levels, claim.positions, opening);
}

}  // namespace

Refusal check_low_degree(Hash hash, const SegmentRecord& record, const SegmentLayout& layout,
                         const SegmentProof& proof, const LowDegreeClaim& claim) {
  std::vector<TreeLevel> main, helper, quotient;
  for (const HeightGroup& height : layout.heights()) {
    const Widths widths = widths_of(record, height);
    main.push_back({height.log_height, widths.main});
    helper.push_back({height.log_height, widths.helper});
    quotient.push_back({height.log_height, kQuotientChunks * kExtensionDegree});
  }
  if (!tree_is_valid(hash, record.main_root, main, claim, proof.main)) return Refusal::kMainOpening;
  if (!tree_is_valid(hash, proof.helper_root, helper, claim, proof.helper)) {
    return Refusal::kHelperOpening;
  }
  if (!tree_is_valid(hash, proof.quotient_root, quotient, claim, proof.quotient)) {
    return Refusal::kQuotientOpening;
  }

  // The first layer: every height's quotient, lifted to the tallest domain, summed.
  int log_height = layout.log_height();
  Values codeword{claim.positions, std::vector<KoalaBear5>(claim.positions.size(), KoalaBear5(0))};
  KoalaBear5 power(1);
  for (size_t level = 0; level < layout.heights().size(); ++level) {
    const HeightGroup& height = layout.heights()[level];
    const Values share = quotients_of_height(
        record, proof, height, level, claim,
        lowered_positions(claim.positions, log_height, height.log_height), power);
    for (size_t i = 0; i < codeword.position.size(); ++i) {
      const Position p = Position::of(codeword.position[i], log_height);
      codeword.value[i] += share.at(p.lowered(height.log_height).flat(height.log_height));
    }
  }

  const FoldSchedule schedule = FoldSchedule::for_height(log_height);
  for (int s = 0; s < schedule.count; ++s) {
    const int step = schedule.step[s];
    const int folded = log_height - step;
    const size_t arity = size_t{1} << step;
    const size_t width = arity * kExtensionDegree;
    Values next{lowered_positions(codeword.position, log_height, folded), {}};
    const TreeLevel level{folded, width};
    if (!opening_is_valid(hash, proof.fold_roots[s], {&level, 1}, next.position, proof.folds[s])) {
      return Refusal::kFoldOpening;
    }
    const std::vector<KoalaBear>& rows = proof.folds[s].rows[0];
    const auto opened = [&](size_t row, size_t j) {
      const KoalaBear* c = &rows[row * width + j * kExtensionDegree];
      return KoalaBear5(c[0], c[1], c[2], c[3], c[4]);
    };
    for (size_t i = 0; i < codeword.position.size(); ++i) {
      const Position p = Position::of(codeword.position[i], log_height);
      const uint32_t leaf = p.lowered(folded).flat(folded);
      const auto row =
          static_cast<size_t>(std::lower_bound(next.position.begin(), next.position.end(), leaf) -
                              next.position.begin());
      if (!(opened(row, p.index >> folded) == codeword.value[i])) {
        return s == 0 ? Refusal::kFirstLayer : Refusal::kFoldStep;
      }
    }
    std::vector<KoalaBear5> values(arity);
    for (size_t row = 0; row < next.position.size(); ++row) {
      for (size_t j = 0; j < arity; ++j) values[j] = opened(row, j);
      next.value.push_back(fold_values(values, Position::of(next.position[row], folded), log_height,
                                       step, claim.betas[s]));
    }
    codeword = std::move(next);
    log_height = folded;
  }

  for (size_t i = 0; i < codeword.position.size(); ++i) {
    const KoalaBear y = unshifted_point(Position::of(codeword.position[i], log_height), log_height);
    KoalaBear5 value(0);
    for (auto c = proof.last_polynomial.rbegin(); c != proof.last_polynomial.rend(); ++c) {
      value = value * y + *c;
    }
    if (!(value == codeword.value[i])) return Refusal::kLastPolynomial;
  }
  return Refusal::kNone;
}

}  // namespace cairn
