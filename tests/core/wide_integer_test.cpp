#include "core/wide_integer.hpp"

#include <gtest/gtest.h>

#include "tests/support/naive_integer.hpp"
#include "tests/support/random.hpp"

namespace cairn {
namespace {

using Operand = WideInteger<12>;
using Product = WideInteger<24>;
using naive::Integer;

template <int kDigits>
Integer naive_of(const WideInteger<kDigits>& x) {
  Integer result;
  for (int i = kDigits - 1; i >= 0; --i) result = result * Integer::power(32) + x.digit[i];
  return result;
}

/// Of the sizes and shapes that go wrong: short, long runs of ones, powers of two, any.
Operand odd_operand(Random& random) {
  Operand x{};
  const uint64_t kind = random.below(5);
  const int bits = 1 + static_cast<int>(random.below(384));
  for (int i = 0; i < 12; ++i) {
    x.digit[i] = kind == 0 ? ~uint32_t{0} : static_cast<uint32_t>(random.bits());
  }
  if (kind == 1) x = {};
  for (int i = bits; i < 384; ++i) x.digit[i / 32] &= ~(uint32_t{1} << i % 32);
  if (kind >= 2) x.digit[(bits - 1) / 32] |= uint32_t{1} << (bits - 1) % 32;
  if (kind == 3) {
    x = {};
    x.digit[(bits - 1) / 32] = uint32_t{1} << (bits - 1) % 32;
  }
  return x;
}

TEST(WideInteger, GivesItsBits) {
  Random random(1);
  for (int i = 0; i < 50; ++i) {
    const Operand x = odd_operand(random);
    const Integer same = naive_of(x);
    for (int first = 0; first < 384; first += 1 + static_cast<int>(random.below(9))) {
      for (const int count : {1, 6, 9, 15, 27, 31}) {
        if (first + count > 384) continue;
        EXPECT_EQ(x.bits(first, count), same.low_bits(first, count));
      }
    }
  }
}

TEST(WideInteger, AddsSubtractsAndMultiplies) {
  Random random(2);
  for (int i = 0; i < 60; ++i) {
    const Operand a = odd_operand(random), b = odd_operand(random);

    Operand sum = a;
    const uint32_t carry = add_to(sum, b);
    Operand difference = a;
    const uint32_t borrow = subtract_from(difference, b);

    EXPECT_EQ(naive_of(sum) + Integer::power(384) * carry, naive_of(a) + naive_of(b));
    EXPECT_EQ(naive_of(difference) + naive_of(b), naive_of(a) + Integer::power(384) * borrow);
    EXPECT_EQ(naive_of(multiply(a, b)), naive_of(a) * naive_of(b));
  }
}

TEST(WideInteger, SubtractsMultiplesAndTellsWhatIsMissing) {
  Random random(3);
  for (int i = 0; i < 60; ++i) {
    const Operand a = odd_operand(random), b = odd_operand(random);
    const Product from = multiply(a, odd_operand(random));
    const uint32_t factor = i % 3 == 0 ? ~uint32_t{0} : static_cast<uint32_t>(random.bits());
    const int shift = static_cast<int>(random.below(13));

    Product rest = from;
    const uint32_t missing = subtract_from(rest, b, factor, shift);

    EXPECT_EQ(naive_of(rest) + naive_of(b) * factor * Integer::power(32 * shift),
              naive_of(from) + Integer::power(768) * missing);
  }
}

TEST(WideInteger, DividesWhatIsAMultiple) {
  Random random(4);
  for (int i = 0; i < 200; ++i) {
    const Operand divisor = odd_operand(random), wanted = odd_operand(random);
    if (divisor.is_zero()) continue;
    Operand quotient;

    EXPECT_TRUE(divide_exactly(multiply(wanted, divisor), divisor, quotient));
    EXPECT_EQ(quotient, wanted);
  }
}

TEST(WideInteger, RefusesWhatIsNot) {
  Random random(5);
  for (int i = 0; i < 200; ++i) {
    const Operand divisor = odd_operand(random);
    Product n = multiply(odd_operand(random), divisor);
    const Operand more = odd_operand(random);
    if (add_to(n, more) != 0 || divisor.is_zero()) continue;
    const bool multiple = (naive_of(n) % naive_of(divisor)) == Integer();
    Operand quotient;

    const bool found = divide_exactly(n, divisor, quotient);

    EXPECT_EQ(found, multiple && naive_of(n) < naive_of(divisor) * Integer::power(384));
  }
}

TEST(WideInteger, RefusesQuotientsThatAreTooLong) {
  Random random(6);
  for (int i = 0; i < 100; ++i) {
    const Operand divisor = odd_operand(random);
    Product n{};
    for (int j = 0; j < 12; ++j) n.digit[12 + j] = divisor.digit[j];  // 2^384 divisor
    Operand quotient;

    EXPECT_EQ(divide_exactly(n, divisor, quotient), divisor.is_zero());
  }
}

TEST(WideInteger, DividesOnlyZeroByZero) {
  Operand quotient{};
  Product n{};

  EXPECT_TRUE(divide_exactly(n, Operand{}, quotient));
  n.digit[0] = 1;
  EXPECT_FALSE(divide_exactly(n, Operand{}, quotient));
  EXPECT_TRUE(quotient.is_zero());
}

}  // namespace
}  // namespace cairn
