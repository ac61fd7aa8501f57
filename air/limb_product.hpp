// Products of values in limbs over the integers, for fill(): on the host's widest vectors.
#pragma once

#include <cstdint>

namespace cairn {

/// z[i] = sum_j a[j] b[i - j] for two lists of 28 limbs, 55 sums. Each sum fits 32 bits with a
/// sign, as those of products that a chip constrains do: their coefficients are below 2^29 after
/// folding.
void multiply_limbs(const int64_t* a, const int64_t* b, int64_t* z);

}  // namespace cairn
