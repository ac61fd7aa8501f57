#include "air/limb_product.hpp"

#include "air/chips/product.hpp"
#include "core/x86_targets.hpp"

namespace cairn {
namespace {

constexpr int kLanes = 16;
using Vector [[gnu::vector_size(4 * kLanes)]] = int32_t;
struct [[gnu::packed, gnu::may_alias]] AnyPlace {
  Vector vector;
};

HOST_DEVICE void multiply(const int64_t* a, const int64_t* b, int64_t* z) {
  constexpr int kBlocks = (kProductCoefficients + kLanes - 1) / kLanes;
  // b between zeros, so that b[i - j] exists for all i and j.
  int32_t padded[kLimbs9 - 1 + kBlocks * kLanes] = {};
  for (int i = 0; i < kLimbs9; ++i) padded[kLimbs9 - 1 + i] = static_cast<int32_t>(b[i]);
  Vector sum[kBlocks] = {};
  for (int j = 0; j < kLimbs9; ++j) {
    const auto factor = static_cast<int32_t>(a[j]);
    for (int k = 0; k < kBlocks; ++k) {
      const int32_t* from = padded + kLimbs9 - 1 + k * kLanes - j;
      sum[k] += reinterpret_cast<const AnyPlace*>(from)->vector * factor;
    }
  }
  for (int i = 0; i < kProductCoefficients; ++i) z[i] = sum[i / kLanes][i % kLanes];
}

#ifdef CAIRN_X86_TARGETS
[[gnu::target("avx512f")]] void multiply_avx512(const int64_t* a, const int64_t* b, int64_t* z) {
  multiply(a, b, z);
}

[[gnu::target("avx2")]] void multiply_avx2(const int64_t* a, const int64_t* b, int64_t* z) {
  multiply(a, b, z);
}
#endif

}  // namespace

void multiply_limbs(const int64_t* a, const int64_t* b, int64_t* z) {
#ifdef CAIRN_X86_TARGETS
  if (__builtin_cpu_supports("avx512f")) return multiply_avx512(a, b, z);
  if (__builtin_cpu_supports("avx2")) return multiply_avx2(a, b, z);
#endif
  multiply(a, b, z);
}

}  // namespace cairn
