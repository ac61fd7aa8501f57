// Poseidon over KoalaBear for as many states at once as a vector has 32-bit words: the same map as
// permute() of core/poseidon.hpp, in signed arithmetic that reduces as little as it can.
//
// A word stands for its class modulo p and is a 32-bit integer of either sign; how far from zero
// it can be is added up at the end of core/poseidon_lane_tables.hpp. W is the instruction set
// (core/poseidon_words.hpp).
#pragma once

#include <cstdint>

#include "core/device.hpp"
#include "core/koala_bear.hpp"
#include "core/poseidon_constants.hpp"
#include "core/poseidon_lane_tables.hpp"

namespace cairn::poseidon {

/// The same address, of which the compiler knows nothing: what it reads there it does not make in
/// registers out of constants, nor keep on the stack from before a loop. Both cost more than
/// reading from the first-level cache, which comes with the instruction.
template <class T>
HOST_DEVICE const T& hidden(const T& x) {
  const T* address = &x;
  asm("" : "+r"(address));
  return *address;
}

template <class W>
class LanePermutation {
 public:
  using Vector = typename W::Vector;

  HOST_DEVICE explicit LanePermutation(const LaneTables& tables)
      : tables_(tables),
        inverse_(W::broadcast(0x81000001u)),
        modulus_(W::broadcast(KoalaBear::kModulus)) {}

  /// Words in Montgomery form, in [0, p), before and after.
  HOST_DEVICE void operator()(Vector (&state)[kWidth]) const {
    for (int i = 0; i < kWidth; ++i) {
      state[i] = W::add(state[i], W::broadcast(hidden(tables_.before[i])));
    }
    for (int round = 0; round < kFullRounds / 2; ++round) full_round(state, tables_.after[round]);
    partial_rounds(state);
    for (int round = kFullRounds / 2; round < kFullRounds; ++round) {
      full_round(state, tables_.after[round]);
    }
    for (int i = 0; i < kWidth; ++i) {
      state[i] = W::minimum(state[i], W::add(state[i], modulus_));
    }
  }

 private:
  /// x^3 2^-64 for any x, within p of zero or little more: twice a Montgomery reduction that takes
  /// the quotient of least absolute value and corrects nothing.
  HOST_DEVICE Vector cube(Vector x) const {
    const Vector even = x, odd = W::odd_to_even(x);
    const Vector even_product = W::multiply(square_high(even), even);
    const Vector odd_product = W::multiply(square_high(odd), odd);
    return W::subtract(W::high_halves(even_product, odd_product),
                       W::high_halves(multiple(even_product), multiple(odd_product)));
  }
  /// Of even words: x^2 2^-32.
  HOST_DEVICE Vector square_high(Vector x) const {
    const Vector product = W::multiply(x, x);
    return W::odd_to_even(W::subtract_wide(product, multiple(product)));
  }
  /// The multiple of p that agrees with a product in the low 32 bits.
  HOST_DEVICE Vector multiple(Vector product) const {
    return W::multiply(W::multiply(product, inverse_), modulus_);
  }

  HOST_DEVICE void full_round(Vector (&state)[kWidth], const uint32_t (&after)[kWidth]) const {
    constexpr int kPairs = kWidth / 2;
    const LaneTables& tables = hidden(tables_);
    // x = low + 2^15 + 2^16 high; two words' halves to a word.
    Vector low[kPairs], high[kPairs];
    const Vector sign = W::broadcast(0x80008000u);
#pragma GCC unroll 8
    for (int k = 0; k < kPairs; ++k) {
      const Vector a = cube(state[2 * k]), b = cube(state[2 * k + 1]);
      low[k] = W::exclusive_or(W::low_halves(a, b), sign);
      high[k] = W::upper_halves(a, b);
    }
    // The sum of a row's entries, times the 2^15 that each low half lacks; and 2^15 for join().
    const Vector low_begin = W::broadcast(kRowSum * 0x8000u + 0x8000u);
#pragma GCC unroll 16
    for (int i = 0; i < kWidth; ++i) {
      Vector low_sum = low_begin, high_sum = W::broadcast(after[i]);
#pragma GCC unroll 8
      for (int k = 0; k < kPairs; ++k) {
        const Vector entries = W::broadcast(tables.matrix[i][k]);
        low_sum = W::add_pairs(low_sum, low[k], entries);
        high_sum = W::add_pairs(high_sum, high[k], entries);
      }
      state[i] = join(low_sum, high_sum);
    }
  }
  /// 2^-16 (low - 2^15) + high: with low = l + 2^15 + 2^16 h, |l| <= 2^15, that is h - 32512 l +
  /// high, since 2^-16 = -127 * 2^8 modulo p.
  HOST_DEVICE Vector join(Vector low, Vector high) const {
    constexpr uint32_t kFactors = (uint32_t{1} << 16) | (0x10000u - 32512u);
    return W::add_pairs(high, W::exclusive_or(low, W::broadcast(0x8000u)), W::broadcast(kFactors));
  }

  using Sum = typename W::Sum;
  using Factor = typename W::Factor;

  /// Begins two sums, with what they take of lanes 1 .. 15.
  HOST_DEVICE void begin_sums(const LaneTables::Sum& table, const LaneTables::Sum& other_table,
                              const Factor (&lanes)[kWidth], Sum& result, Sum& other_result) const {
    Sum sum(table.offset), other(other_table.offset);
#pragma GCC unroll 15
    for (int j = 1; j < kWidth; ++j) {
      const Factor lane = hidden(lanes[j]);
      sum.add(lane, table.lane[j]);
      other.add(lane, other_table.lane[j]);
    }
    result = sum;
    other_result = other;
  }

  HOST_DEVICE void partial_rounds(Vector (&state)[kWidth]) const {
    constexpr int kGroup = 4;
    static_assert(kPartialRounds % kGroup == 0 && kWidth + kGroup == kPartialRounds);
    Factor lanes[kWidth], outputs[kPartialRounds];
    for (int i = 1; i < kWidth; ++i) lanes[i] = Factor(state[i]);
    Sum inputs[kPartialRounds], ahead[kWidth];
    begin_sums(tables_.sum[0], tables_.sum[1], lanes, inputs[0], inputs[1]);
    begin_sums(tables_.sum[2], tables_.sum[3], lanes, inputs[2], inputs[3]);
    for (int k = 0; k < kPartialRounds; k += kGroup) {
      const LaneTables::Sum* table = &hidden(tables_).sum[k];
      Sum sum[kGroup];
      for (int q = 0; q < kGroup; ++q) sum[q] = inputs[k + q];
      for (int j = 0; j < k; ++j) {
        const Factor output = outputs[j];
#pragma GCC unroll 4
        for (int q = 0; q < kGroup; ++q) sum[q].add(output, table[q].output[j]);
      }
#pragma GCC unroll 4
      for (int q = 0; q < kGroup; ++q) {
        const Vector input = k + q == 0 ? state[0] : sum[q].reduced(inverse_, modulus_);
        const Factor output(W::add(cube(input), modulus_));
        outputs[k + q] = output;
#pragma GCC unroll 4
        for (int r = q + 1; r < kGroup; ++r) sum[r].add(output, table[r].output[k + q]);
        // Work that waits for no S-box, for the processor to do beside this one.
        if (k < kWidth) {
          begin_sums(table[kGroup + q], tables_.sum[kPartialRounds + k + q], lanes,
                     inputs[k + kGroup + q], ahead[k + q]);
        }
      }
    }
    constexpr int kBlock = 4;
    for (int i = 0; i < kWidth; i += kBlock) {
      const LaneTables::Sum* table = &hidden(tables_).sum[kPartialRounds + i];
      Sum sum[kBlock];
      for (int b = 0; b < kBlock; ++b) sum[b] = ahead[i + b];
#pragma GCC unroll 4
      for (int j = 0; j < kPartialRounds; ++j) {
        const Factor output = outputs[j];
#pragma GCC unroll 4
        for (int b = 0; b < kBlock; ++b) sum[b].add(output, table[b].output[j]);
      }
      for (int b = 0; b < kBlock; ++b) state[i + b] = sum[b].reduced(inverse_, modulus_);
    }
  }

  const LaneTables& tables_;
  Vector inverse_, modulus_;
};

}  // namespace cairn::poseidon
