// Compiled once per instruction set.
#include "kernels/tuned/extend_cpu.hpp"

#include "core/lanes.hpp"
#include "core/packed.hpp"
#include "kernels/tuned/transpose.hpp"

namespace cairn::CAIRN_SIMD {

extern const ExtendTarget kExtendTarget;

namespace {

using V = PackedKoalaBear;
constexpr int kLanes = V::kWidth;
constexpr int kLogLanes = kLanes == 16 ? 4 : kLanes == 8 ? 3 : 0;
/// Rows of a column that a panel can have.
constexpr uint32_t kMaxRows = 1u << (KoalaBear::kTwoAdicity - 1 - kMaxLogLow);

/// a + b and a - b, reduced only if they are not just going to be multiplied: a product takes any
/// 32 bits on its left.
template <bool kLazy>
[[gnu::always_inline]] inline V sum(V a, V b) {
#if defined(CAIRN_SIMD_AVX512) || defined(CAIRN_SIMD_AVX2)
  if constexpr (kLazy) return V(Lanes::add(a.vector(), b.vector()));
#endif
  return a + b;
}
template <bool kLazy>
[[gnu::always_inline]] inline V difference(V a, V b) {
#if defined(CAIRN_SIMD_AVX512) || defined(CAIRN_SIMD_AVX2)
  if constexpr (kLazy) {
    return V(
        Lanes::add(Lanes::subtract(a.vector(), b.vector()), Lanes::broadcast(KoalaBear::kModulus)));
  }
#endif
  return a - b;
}

[[gnu::always_inline]] inline V load(const KoalaBear* p) { return load_lanes<V>(p); }

/// Where the twiddles of a group of stages are: vectors that differ by lane, or one value for all
/// lanes.
struct VectorTwiddles {
  const KoalaBear* table;
  uint64_t half, row;
  [[gnu::always_inline]] V at(int stage, int k) const {
    return load(table + ((half << stage) + row + k * half) * kLanes);
  }
};
struct ConstantTwiddles {
  const KoalaBear* table;
  [[gnu::always_inline]] V at(int stage, int k) const { return V(table[(1 << stage) + k]); }
};

/// kLog stages over 2^kLog vectors, decimation in time: pairs 1, 2, 4, ... apart.
template <int kStage, int kLog, class Twiddles>
[[gnu::always_inline]] inline void evaluate(V* x, const Twiddles& twiddles) {
  if constexpr (kStage < kLog) {
    constexpr int kHalf = 1 << kStage;
    constexpr bool kMore = kStage + 1 < kLog;
#pragma GCC unroll 16
    for (int k = 0; k < kHalf; ++k) {
      const V root = twiddles.at(kStage, k);
#pragma GCC unroll 16
      for (int b = 0; b < 1 << kLog; b += 4 * kHalf) {
        V& a0 = x[b + k];
        V& b0 = x[b + k + kHalf];
        const V product = b0 * root;
        b0 = difference<false>(a0, product);
        a0 = sum<false>(a0, product);
        if constexpr (kMore) {  // this pair is multiplied in the next stage
          V& a1 = x[b + k + 2 * kHalf];
          V& b1 = x[b + k + 3 * kHalf];
          const V other = b1 * root;
          b1 = difference<true>(a1, other);
          a1 = sum<true>(a1, other);
        }
      }
    }
    evaluate<kStage + 1, kLog>(x, twiddles);
  }
}

/// The same for interpolation, decimation in frequency: pairs 2^(kLog - 1), ..., 2, 1 apart.
template <int kStage, class Twiddles>
[[gnu::always_inline]] inline void interpolate(V* x, int count, const Twiddles& twiddles) {
  constexpr int kHalf = 1 << kStage;
#pragma GCC unroll 16
  for (int k = 0; k < kHalf; ++k) {
    const V root = twiddles.at(kStage, k);
#pragma GCC unroll 16
    for (int b = 0; b < count; b += 2 * kHalf) {
      const V low = x[b + k];
      const V high = x[b + k + kHalf];
      x[b + k] = low + high;
      x[b + k + kHalf] = difference<true>(low, high) * root;
    }
  }
  if constexpr (kStage > 0) interpolate<kStage - 1>(x, count, twiddles);
}

/// An array of vectors, `stride` elements apart.
template <class Element>
struct RowsOf {
  Element* data;
  uint64_t stride;
  Element* at(uint64_t row) const { return data + row * stride; }
  operator RowsOf<const Element>() const { return {data, stride}; }
};
using Rows = RowsOf<KoalaBear>;
using ConstRows = RowsOf<const KoalaBear>;

/// The stages that join groups of `half`, ..., half * 2^(kLog - 1) of 2^log_rows rows. kAhead: asks
/// for the next panel of `in`, whose lines lie too far apart for the processor to do so by itself.
template <int kLog, bool kEvaluate, bool kAhead>
void run_stages(ConstRows in, Rows out, const KoalaBear* table, uint32_t log_rows, uint64_t half) {
  constexpr int kRadix = 1 << kLog;
  const uint64_t rows = uint64_t{1} << log_rows;
  for (uint64_t block = 0; block < rows; block += half * kRadix) {
    for (uint64_t row = 0; row < half; ++row) {
      V x[kRadix];
#pragma GCC unroll 16
      for (int e = 0; e < kRadix; ++e) {
        const KoalaBear* from = in.at(block + row + e * half);
        x[e] = load(from);
        if constexpr (kAhead) prefetch(from + kLanes);
      }
      const VectorTwiddles twiddles{table, half, row};
      if constexpr (kEvaluate) {
        evaluate<0, kLog>(x, twiddles);
      } else {
        interpolate<kLog - 1>(x, kRadix, twiddles);
      }
#pragma GCC unroll 16
      for (int e = 0; e < kRadix; ++e) store_lanes(out.at(block + row + e * half), x[e]);
    }
  }
}

template <bool kEvaluate, bool kAhead>
void run_stages(uint32_t count, ConstRows in, Rows out, const KoalaBear* table, uint32_t log_rows,
                uint64_t half) {
  switch (count) {
    case 1:
      return run_stages<1, kEvaluate, kAhead>(in, out, table, log_rows, half);
    case 2:
      return run_stages<2, kEvaluate, kAhead>(in, out, table, log_rows, half);
    default:
      return run_stages<3, kEvaluate, kAhead>(in, out, table, log_rows, half);
  }
}

/// All stages of 2^log_rows rows, at most three at a time: `from` through `buffer` to `to`. kAhead:
/// `from` is a panel, and another may follow it.
template <bool kEvaluate, bool kAhead = false>
void transform_rows(ConstRows from, Rows buffer, Rows to, const KoalaBear* table,
                    uint32_t log_rows) {
  ConstRows in = from;
  for (uint32_t done = 0; done < log_rows;) {
    const uint32_t left = log_rows - done;
    const uint32_t count = left <= 3 ? left : left == 4 ? 2 : 3;
    const Rows out = count == left ? to : buffer;
    const uint32_t log_half = kEvaluate ? done : left - count;
    if (kAhead && done == 0) {
      run_stages<kEvaluate, true>(count, in, out, table, log_rows, uint64_t{1} << log_half);
    } else {
      run_stages<kEvaluate, false>(count, in, out, table, log_rows, uint64_t{1} << log_half);
    }
    in = out;
    done += count;
  }
}

void high(const ExtendPlan& plan, int table, const KoalaBear* from, KoalaBear* to, uint64_t begin,
          uint64_t end) {
  const uint32_t log_rows = plan.log_height - plan.log_low;
  alignas(64) KoalaBear memory[kMaxRows * kLanes];
  const Rows buffer{memory, kLanes};
  for (uint64_t panel = begin; panel < end; ++panel) {
    const ConstRows in{from + panel * kLanes, uint64_t{1} << plan.log_low};
    const Rows out{to + panel * kLanes, uint64_t{1} << plan.log_low};
    const KoalaBear* twiddles = plan.high[table] + (panel << log_rows) * kLanes;
    if (table == 0) {
      transform_rows<false, true>(in, buffer, out, twiddles, log_rows);
    } else {
      transform_rows<true, true>(in, buffer, out, twiddles, log_rows);
    }
  }
}

/// A square of vectors through the middle of the extension: the last stages of interpolation, which
/// are inside a vector before it is transposed, and the first ones of both evaluations.
template <int kLog>
void square(const ExtendPlan& plan, const KoalaBear* from, KoalaBear* const (&to)[2]) {
  constexpr int kSide = 1 << kLog;
  V x[kSide];
#pragma GCC unroll 16
  for (int i = 0; i < kSide; ++i) x[i] = load(from + i * kSide);
  if constexpr (kLog > 0) {
    transpose(x);
    interpolate<kLog - 1>(x, kSide, ConstantTwiddles{plan.low[0]});
  }
  const V scale(plan.scale);
  V coefficients[kSide];
#pragma GCC unroll 16
  for (int i = 0; i < kSide; ++i) coefficients[i] = x[i] * scale;
  for (int c = 0; c < 2; ++c) {
#pragma GCC unroll 16
    for (int i = 0; i < kSide; ++i) x[i] = coefficients[i];
    if constexpr (kLog > 0) {
      evaluate<0, kLog>(x, ConstantTwiddles{plan.low[1 + c]});
      transpose(x);
    }
#pragma GCC unroll 16
    for (int i = 0; i < kSide; ++i) store_lanes(to[c] + i * kSide, x[i]);
  }
}

void low(const ExtendPlan& plan, const KoalaBear* from, KoalaBear* extended, uint64_t begin,
         uint64_t end) {
  const uint32_t log_rows = plan.log_low - kLogLanes;
  for (uint64_t block = begin; block < end; ++block) {
    const KoalaBear* in = from + (block << plan.log_low);
    KoalaBear* out = extended + (block << plan.log_low);
    KoalaBear* const to[2] = {out, out + (uint64_t{1} << plan.log_height)};
    const Rows rows{out, kLanes};
    transform_rows<false>({in, kLanes}, rows, rows, plan.low[0], log_rows);
    const KoalaBear* interpolated = log_rows > 0 ? out : in;
    for (uint64_t i = 0; i < uint64_t{1} << plan.log_low; i += kLanes * kLanes) {
      square<kLogLanes>(plan, interpolated + i, {to[0] + i, to[1] + i});
    }
    for (int c = 0; c < 2; ++c) {
      const Rows half{to[c], kLanes};
      transform_rows<true>(half, half, half, plan.low[1 + c], log_rows);
    }
  }
}

}  // namespace

const ExtendTarget kExtendTarget = {uint32_t{2 * kLogLanes}, high, low};

}  // namespace cairn::CAIRN_SIMD
