#include "air/public_terms.hpp"

#include <gtest/gtest.h>

#include "tests/air/every_opcode.hpp"
#include "tests/air/naive_felt.hpp"

namespace cairn {
namespace {

constexpr int64_t kBias = Cell::kBias;

TEST(PublicTerms, ImmediatesAreTheirValues) {
  for (int64_t value : {int64_t{0}, int64_t{1}, kBias - 1, int64_t{-1}, int64_t{-2}, -kBias}) {
    EXPECT_EQ(felt_of(static_cast<int32_t>(value)), naive::felt(value)) << value;
  }
}

/// The terms of a one-word program with that hint.
std::vector<ClearMessage> word_terms(const Felt& word, Cell hint) {
  std::vector<ClearMessage> terms;
  auto keep = [&](int, const ClearMessage& m) { terms.push_back(m); };
  public_terms::add_word(5, word, hint, keep);
  return terms;
}

TEST(PublicTerms, OnlyTheWordItselfGoesWithoutLimbs) {
  const uint32_t seven = kBias + 7;
  EXPECT_EQ(word_terms(naive::felt(7), Cell{seven}).size(), 1u);
  EXPECT_EQ(word_terms(naive::felt(8), Cell{seven}).size(), 2u);
  EXPECT_EQ(word_terms(naive::negate(naive::power_of_two(64)), Cell{kBias}).size(), 2u);
  EXPECT_EQ(word_terms(naive::felt(7), Cell{Cell::kBig | 7}).size(), 2u);
  EXPECT_EQ(word_terms(kCairoPrime, Cell{kBias}).size(), 2u);  // no canonical 0
}

TEST(PublicTerms, StartAtMainAndEndAtZero) {
  const SmallRun run = every_opcode();
  const Statement& s = run.statement();
  std::vector<std::pair<int, ClearMessage>> states;
  uint64_t count = 0;

  for_each_public_term(s, [&](int sign, const ClearMessage& m) {
    ++count;
    if (m.bus == Bus::kState) states.emplace_back(sign, m);
  });

  ASSERT_EQ(states.size(), 2u);
  EXPECT_EQ(states[0].first, +1);
  EXPECT_EQ(states[0].second.coordinate[0], KoalaBear(s.program_base + s.main));
  EXPECT_EQ(states[0].second.coordinate[1], KoalaBear(s.execution_base + 4));
  EXPECT_EQ(states[0].second.coordinate[2], KoalaBear(s.execution_base + 4));
  EXPECT_EQ(states[1].first, -1);
  EXPECT_EQ(states[1].second.coordinate[0], KoalaBear(0));
  EXPECT_EQ(states[1].second.coordinate[1], KoalaBear(s.final_ap));
  EXPECT_EQ(states[1].second.coordinate[2], KoalaBear(0));
  EXPECT_LE(count, max_public_terms(s));
}

TEST(FindAscending, FindsWhatIsThere) {
  const uint32_t list[] = {2, 3, 5, 8, 13};
  for (uint32_t i = 0; i < 5; ++i) EXPECT_EQ(find_ascending(list, 5, list[i]), i);
  for (uint32_t absent : {0u, 4u, 14u}) EXPECT_EQ(find_ascending(list, 5, absent), 5u);
  EXPECT_EQ(find_ascending(list, 0, 2), 0u);
}

}  // namespace
}  // namespace cairn
