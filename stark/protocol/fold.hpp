// One fold of a codeword at one position, as the verifier computes it; the prover's kernel does the
// same over whole layers (kernels/fri_fold.hpp).
#pragma once

#include <span>

#include "stark/protocol/domain.hpp"

namespace cairn {

/// Folds the values of a codeword at the positions (half, index + j 2^(log_height - step)), j <
/// 2^step, of a domain with 2^log_height points a half, by beta. f(y) = f_e(y^2) + y f_o(y^2)
/// becomes f_e + beta f_o, `step` times, with beta, beta^2, beta^4. Overwrites `values`; index <
/// 2^(log_height - step).
inline KoalaBear5 fold_values(std::span<KoalaBear5> values, Position position, int log_height,
                              int step, KoalaBear5 beta) {
  const KoalaBear one_half = KoalaBear(2).inverse();
  for (int level = 0; level < step; ++level) {
    const size_t pairs = values.size() >> (level + 1);
    const int log_size = log_height - level;
    const uint32_t spacing = 1u << (log_height - step);
    for (size_t j = 0; j < pairs; ++j) {
      const Position at{position.half, position.index + static_cast<uint32_t>(j) * spacing};
      const KoalaBear inverse_y = unshifted_point(at, log_size).inverse();
      const KoalaBear5 even = values[j] + values[j + pairs];
      const KoalaBear5 odd = (values[j] - values[j + pairs]) * inverse_y;
      values[j] = one_half * (even + beta * odd);
    }
    beta *= beta;
  }
  return values[0];
}

}  // namespace cairn
