#include <array>

#include "air/chips/poseidon_full.hpp"
#include "air/chips/poseidon_rounds.hpp"
#include "air/chips/poseidon_work.hpp"
#include "core/poseidon252.hpp"

namespace cairn {
namespace {

constexpr int kFirstPartial = kPoseidonFirstRows;  // rounds, as here
constexpr int kFirstLast = kFirstPartial + kPoseidonPartialRounds;
static_assert(kFirstLast + kHadesFullRounds / 2 == kHadesRounds);
static_assert(kPoseidonWidth == kHadesWidth);

/// The sum of all biases of digits of `bits` bits.
Felt252 all_biases(int bits) {
  Felt biases{};
  for (int i = bits - 1; i < 252; i += bits) biases.word[i / 64] |= uint64_t{1} << i % 64;
  return Felt252(biases);
}
const Felt252& biases9() {
  static const Felt252 value = all_biases(9);
  return value;
}
const Felt252& biases18() {
  static const Felt252 value = all_biases(18);
  return value;
}
Felt coded(const Felt252& x) { return (x + biases9()).integer(); }

using Digits = std::array<int, kLimbs9>;

Digits digits_of(const Felt& limbs) {
  Digits result;
  for (int i = 0; i < kLimbs9; ++i) result[i] = static_cast<int>(limbs.limb9(i)) - kDigitBias9;
  return result;
}

void store_digits(const Digits& b, Felt* out) {
  out[0] = out[1] = Felt{};
  for (int i = 0; i < kLimbs9; ++i) {
    out[i / 16].word[i / 4 % 4] |= uint64_t{static_cast<uint16_t>(b[i])} << 16 * (i % 4);
  }
}

struct Sums {
  Felt252 w, b;
};
/// The constants left out of w and b before each round, keys of that round included.
std::array<Sums, kPoseidonPartialRounds + 1> left_out() {
  std::array<Sums, kPoseidonPartialRounds + 1> result{};
  for (int r = 0; r < kPoseidonPartialRounds; ++r) {
    const auto key = [r](int i) { return hades_key(kFirstPartial + r + 1, i); };
    const auto& [w, b] = result[r];
    const Felt252 twice = w + w;
    result[r + 1].w = twice + twice + b + key(0) + key(1) + key(2);
    result[r + 1].b = key(0) - key(1) - key(1) - key(1) - key(2) - b;
  }
  return result;
}

/// x T / 8 or x T / 2.
Felt252 times_eighth(const Felt252& x) {
  return x * Felt252(Felt{{(uint64_t{1} << 61) + 68, 0, 0, 0}});
}
Felt252 times_half(const Felt252& x) {
  return x * Felt252(Felt{{(uint64_t{1} << 63) + 272, 0, 0, 0}});
}

/// 8 times the inverse of the round's matrix, times x.
Felt252 unmixed(int row, const Felt252 (&x)[kPoseidonWidth]) {
  Felt252 sum(uint64_t{0});
  for (int i = 0; i < kPoseidonWidth; ++i) {
    const int d = PoseidonFull::inverse(row, i);
    const Felt252 product = x[i] * Felt252(static_cast<uint64_t>(d < 0 ? -d : d));
    sum = d < 0 ? sum - product : sum + product;
  }
  return sum;
}

using StepConstants = std::array<Felt, kPoseidonRoundsPerRow>;
using Table = std::array<StepConstants, size_t{1} << PoseidonRounds::kLogHeight>;

Table make_table() {
  Table table{};
  for (int row = 0; row < kPoseidonFullRows; ++row) {
    const bool late = row >= kPoseidonFirstRows;
    const int round = late ? kFirstLast + row - kPoseidonFirstRows : row;
    Felt252 added[kPoseidonWidth];  // what the next state's digits have beside the matrix's product
    for (int i = 0; i < kPoseidonWidth; ++i) {
      added[i] = round + 1 < kHadesRounds ? hades_key(round + 1, i) : -biases9();
    }
    const int step = late ? kPoseidonLastStep + row - kPoseidonFirstRows : row;
    for (int i = 0; i < kPoseidonWidth; ++i) {
      table[step][i] = times_eighth(unmixed(i, added)).integer();
    }
  }
  const auto constants = left_out();
  for (int r = 0; r < kPoseidonPartialRounds; ++r) {
    const Felt252 sum = constants[r].w + hades_key(kFirstPartial + r + 1, 2);
    table[kPoseidonPartialStep + r / kPoseidonRoundsPerRow][r % kPoseidonRoundsPerRow] =
        (-times_half(sum)).integer();
  }
  return table;
}

}  // namespace

uint32_t poseidon_constant(uint32_t step, int cube, int limb) {
  static const Table table = make_table();
  return table[step][cube].bits(18 * limb, 18);
}

void make_poseidon_work(const Image& image, uint32_t address, Felt* out) {
  Felt252 s[kPoseidonWidth];
  for (uint32_t i = 0; i < kPoseidonWidth; ++i) {
    s[i] = Felt252(image.value(image.cell(address + i))) + hades_key(0, static_cast<int>(i));
  }
  const auto store_state = [&](int which) {
    for (int i = 0; i < kPoseidonWidth; ++i) {
      out[PoseidonWork::kStates + kPoseidonWidth * which + i] = coded(s[i]);
    }
  };
  // The rest of a round whose cubes are done.
  const auto mix = [&](int round) {
    hades_mix(s);
    for (int i = 0; i < kPoseidonWidth; ++i) {
      if (round + 1 < kHadesRounds) s[i] = s[i] + hades_key(round + 1, i);
    }
  };
  const auto full_rounds = [&](int first_row, int end_row, int round) {
    for (int row = first_row; row < end_row; ++row, ++round) {
      store_state(row < kPoseidonFirstRows ? row : row + 1);
      for (int i = 0; i < kPoseidonWidth; ++i) {
        const Felt252 square = s[i] * s[i];
        out[PoseidonWork::kFullSquares + kPoseidonWidth * row + i] = coded(square);
        s[i] = square * s[i];
      }
      mix(round);
    }
  };

  full_rounds(0, kPoseidonFirstRows, 0);

  store_state(kPoseidonFirstRows);
  for (int i = 0; i < 2; ++i) {
    const Felt252 square = s[i] * s[i];
    s[i] = square * s[i];
    out[PoseidonWork::kMiddleSquares + i] = coded(square);
    out[PoseidonWork::kMiddleCubes + i] = coded(s[i]);
  }
  Felt252 w = s[0] + s[1];  // without constants
  Felt252 b = s[0] - s[1] - s[1] - s[1];
  Digits digits = digits_of(out[PoseidonWork::kMiddleCubes]);
  const Digits y1 = digits_of(out[PoseidonWork::kMiddleCubes + 1]);
  for (int i = 0; i < kLimbs9; ++i) digits[i] -= 3 * y1[i];
  store_digits(digits, out + PoseidonWork::kDifferences);
  out[PoseidonWork::kInputs] = coded(s[2]);
  for (int r = 0; r < kPoseidonPartialRounds; ++r) {
    const Felt252 square = s[2] * s[2];
    out[PoseidonWork::kSquares + r] = coded(square);
    s[2] = square * s[2];
    mix(kFirstPartial + r);
    const Felt input = coded(s[2]);
    out[PoseidonWork::kInputs + r + 1] = input;
    const Felt252 twice = w + w;
    w = twice + twice + b - s[2];
    b = s[2] - b;
    const Digits x = digits_of(input);
    for (int i = 0; i < kLimbs9; ++i) digits[i] = x[i] - digits[i];
    if ((r + 1) % kPoseidonRoundsPerRow != 0) continue;
    const int row = r / kPoseidonRoundsPerRow;
    out[PoseidonWork::kSums + row] = (w + biases18()).integer();
    store_digits(digits, out + PoseidonWork::kDifferences + 2 * (row + 1));
  }

  full_rounds(kPoseidonFirstRows, kPoseidonFullRows, kFirstLast);
  for (int i = 0; i < kPoseidonWidth; ++i) {
    out[PoseidonWork::kStates + kPoseidonWidth * (kPoseidonFullRows + 1) + i] = s[i].integer();
  }
}

}  // namespace cairn
