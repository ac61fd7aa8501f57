// The Cairo field against schoolbook arithmetic, and the texts of felts.
#include "core/felt252.hpp"

#include <vector>

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "tests/support/random.hpp"

namespace cairn {
namespace {

/// a + b mod P by bits: the definition, for a, b < P.
Felt naive_add(const Felt& a, const Felt& b) {
  Felt sum{};
  uint64_t carry = 0;
  for (int i = 0; i < 256; ++i) {
    const uint64_t bit =
        (a.word[i / 64] >> (i % 64) & 1) + (b.word[i / 64] >> (i % 64) & 1) + carry;
    sum.word[i / 64] |= (bit & 1) << (i % 64);
    carry = bit >> 1;
  }
  if (is_below(sum, kCairoPrime)) return sum;
  uint64_t borrow = 0;
  for (int i = 0; i < 4; ++i) {
    const uint64_t word = sum.word[i], less = word - kCairoPrime.word[i] - borrow;
    borrow = word < kCairoPrime.word[i] || (word == kCairoPrime.word[i] && borrow != 0) ? 1 : 0;
    sum.word[i] = less;
  }
  return sum;
}

/// a * b mod P by doubling and adding.
Felt naive_multiply(const Felt& a, const Felt& b) {
  Felt product{};
  for (int i = 251; i >= 0; --i) {
    product = naive_add(product, product);
    if ((a.word[i / 64] >> (i % 64) & 1) != 0) product = naive_add(product, b);
  }
  return product;
}

TEST(Felt252, ArithmeticIsThatOfIntegers) {
  Random random(4);
  std::vector<Felt> values = {Felt{}, Felt{{1, 0, 0, 0}},
                              parse_felt("0x8000000000000110000000000000000"
                                         "00000000000000000000000000000000")};
  while (values.size() < 60) values.push_back(random.odd_felt());
  for (const Felt& a : values) {
    ASSERT_TRUE(is_below(a, kCairoPrime));
    EXPECT_EQ(Felt252(a).integer(), a);
    EXPECT_EQ((Felt252(a) * Felt252(a).inverse()).integer(),
              (Felt{{a == Felt{} ? uint64_t{0} : uint64_t{1}, 0, 0, 0}}));
    EXPECT_TRUE((Felt252(a) + -Felt252(a)).is_zero());
    for (const Felt& b : values) {
      ASSERT_EQ((Felt252(a) + Felt252(b)).integer(), naive_add(a, b));
      ASSERT_EQ((Felt252(a) * Felt252(b)).integer(), naive_multiply(a, b));
      ASSERT_EQ((Felt252(a) - Felt252(b) + Felt252(b)).integer(), a);
    }
  }
}

TEST(Felt252, TakesAnyInteger) {
  EXPECT_TRUE(Felt252(kCairoPrime).is_zero());
  const Felt ones{{UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX}};  // 2^256 - 1
  Felt252 power(uint64_t{1});
  for (int i = 0; i < 256; ++i) power = power + power;
  EXPECT_EQ(Felt252(ones) + Felt252(uint64_t{1}), power);
}

TEST(Felt252, Text) {
  EXPECT_EQ(to_hex(Felt{}), "0x0");
  EXPECT_EQ(to_decimal(Felt{}), "0");
  EXPECT_EQ(to_hex(kCairoPrime),
            "0x800000000000011000000000000000000000000000000000000000000000001");
  EXPECT_EQ(to_decimal(kCairoPrime),
            "3618502788666131213697322783095070105623107215331596699973092056135872020481");
  Random random(5);
  for (int i = 0; i < 50; ++i) {
    const Felt x = random.odd_felt();
    EXPECT_EQ(parse_felt(to_hex(x)), x);
    EXPECT_EQ(parse_felt(to_decimal(x)), x);
  }
  EXPECT_EQ(parse_felt("0xAb"), (Felt{{0xab, 0, 0, 0}}));
  const std::string most(64, 'f');
  EXPECT_EQ(to_hex(parse_felt("0x" + most)), "0x" + most);
  for (const std::string& bad : {std::string(""), std::string("0x"), std::string("-1"),
                                 std::string("12a"), std::string("0xg"), "0x1" + most}) {
    EXPECT_THROW(parse_felt(bad), Error) << bad;
  }
}

}  // namespace
}  // namespace cairn
