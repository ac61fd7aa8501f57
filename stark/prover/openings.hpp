// Values of all columns at the out-of-domain point, and the codeword that proves them right.
#pragma once

#include "stark/prover/commitment.hpp"

namespace cairn {

/// The blocks of one height after all three commitments.
struct CommittedHeight {
  const HeightPlan* plan;
  const ColumnBlock* main;
  const ColumnBlock* helper;
  const ColumnBlock* quotient;
  const KoalaBear* points;  // of its evaluation domain
};

/// Evaluates a height's columns at zeta, and those that are read in the next row at w zeta; writes
/// them to its parts and to `quotients`.
void evaluate_height(Backend& backend, const CommittedHeight& height, const KoalaBear5& zeta,
                     std::vector<PartValues>& parts, std::vector<KoalaBear5>& quotients);

/// Writes sum_k delta^k (f_k(x) - f_k(z_k)) / (x - z_k) over the height's columns, k from
/// `first_power` on, to `codeword` (five base columns of 2 N values). Values as evaluate_height
/// gave them.
void quotient_codeword(Backend& backend, const CommittedHeight& height, const KoalaBear5& zeta,
                       const KoalaBear5& delta, uint64_t first_power,
                       const std::vector<PartValues>& parts,
                       const std::vector<KoalaBear5>& quotients, KoalaBear* codeword);

}  // namespace cairn
