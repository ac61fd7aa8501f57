// Packed arithmetic and hashing of every instruction set against the scalar definitions.
#include "tests/core/lanes.hpp"

#include <algorithm>
#include <random>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "core/lanes.hpp"
#include "core/work.hpp"

namespace cairn {
namespace {

std::vector<LaneFunctions> sets() {
  std::vector<LaneFunctions> all = {scalar::lane_functions()};
#if defined(CAIRN_HAS_AVX2)
  if (__builtin_cpu_supports("avx2")) all.push_back(avx2::lane_functions());
#endif
#if defined(CAIRN_HAS_AVX512)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {
    all.push_back(avx512::lane_functions());
  }
#endif
  return all;
}

class Lanes : public testing::TestWithParam<LaneFunctions> {};
INSTANTIATE_TEST_SUITE_P(Sets, Lanes, testing::ValuesIn(sets()),
                         [](const auto& info) { return std::string(info.param.name); });

/// Elements at the edges of the Montgomery form and of the integers, then random ones.
std::vector<KoalaBear> edges_and_random(size_t count, unsigned seed) {
  std::vector<KoalaBear> x;
  for (const int64_t value : {0, 1, 2, -1, -2, 0x3f800000, 0x3f800001, 0x1000000}) {
    x.push_back(KoalaBear(value));
    const uint32_t bits = static_cast<uint32_t>(value < 0 ? value + KoalaBear::kModulus : value);
    x.push_back(KoalaBear::from_montgomery(bits));
  }
  std::mt19937 random(seed);
  while (x.size() < count) x.push_back(KoalaBear::from_montgomery(random() % KoalaBear::kModulus));
  return x;
}

TEST_P(Lanes, ArithmeticIsTheScalarOne) {
  // Every edge meets every edge: b is rotated by each of 16 shifts.
  for (size_t shift = 0; shift < 16; ++shift) {
    const size_t count = 256;
    const std::vector<KoalaBear> a = edges_and_random(count, 1);
    std::vector<KoalaBear> b = edges_and_random(count, 2), out(count);
    std::rotate(b.begin(), b.begin() + static_cast<long>(shift), b.begin() + 16);
    GetParam().add(a.data(), b.data(), out.data(), count);
    for (size_t i = 0; i < count; ++i) ASSERT_EQ(out[i].montgomery(), (a[i] + b[i]).montgomery());
    GetParam().subtract(a.data(), b.data(), out.data(), count);
    for (size_t i = 0; i < count; ++i) ASSERT_EQ(out[i].montgomery(), (a[i] - b[i]).montgomery());
    GetParam().multiply(a.data(), b.data(), out.data(), count);
    for (size_t i = 0; i < count; ++i) ASSERT_EQ(out[i].montgomery(), (a[i] * b[i]).montgomery());
  }
}

TEST_P(Lanes, InverseAndWords) {
  const size_t count = 256;
  const std::vector<KoalaBear> a = edges_and_random(count, 3);
  std::vector<KoalaBear> out(count), back(count);
  std::vector<uint32_t> words(count);
  GetParam().inverse(a.data(), out.data(), count);
  GetParam().words(a.data(), words.data(), back.data(), count);
  for (size_t i = 0; i < count; ++i) {
    ASSERT_EQ(out[i], a[i].inverse());
    ASSERT_EQ(words[i], a[i].canonical());
    ASSERT_EQ(back[i].montgomery(), a[i].montgomery());
  }
}

TEST_P(Lanes, QuinticProductIsTheScalarOne) {
  const size_t count = 64;
  const std::vector<KoalaBear> a = edges_and_random(5 * count, 4),
                               b = edges_and_random(5 * count, 5);
  std::vector<KoalaBear> extremes(5 * count, KoalaBear::from_montgomery(KoalaBear::kModulus - 1));
  std::vector<KoalaBear> out(5 * count);
  for (const std::vector<KoalaBear>* left : {&a, &std::as_const(extremes)}) {
    GetParam().multiply_quintic(left->data(), b.data(), out.data(), count);
    for (size_t i = 0; i < count; ++i) {
      const KoalaBear5 expected = load_quintic<KoalaBear>(left->data() + i, count) *
                                  load_quintic<KoalaBear>(b.data() + i, count);
      ASSERT_EQ(load_quintic<KoalaBear>(out.data() + i, count), expected);
    }
  }
  GetParam().multiply_quintic(extremes.data(), extremes.data(), out.data(), count);
  const KoalaBear5 x = load_quintic<KoalaBear>(extremes.data(), count);
  ASSERT_EQ(load_quintic<KoalaBear>(out.data(), count), x * x);
}

TEST_P(Lanes, RowsAndPairsHashAsOneByOne) {
  for (const Hash hash : {Hash::kBlake3, Hash::kPoseidon}) {
    for (const uint32_t columns :
         {0u, 1u, 7u, 8u, 9u, 15u, 16u, 17u, 133u, 255u, 256u, 257u, 512u, 513u, 1025u, 1793u}) {
      const std::vector<KoalaBear> cells = edges_and_random(16 * columns + 16, columns);
      Digest digests[16], pairs[16];
      GetParam().hash_rows(hash, cells.data(), columns, digests);
      for (uint32_t row = 0; row < 16; ++row) {
        std::vector<KoalaBear> elements;
        for (uint32_t c = 0; c < columns; ++c) elements.push_back(cells[16 * c + row]);
        ASSERT_EQ(digests[row].hex(), hash_elements(hash, elements).hex()) << columns;
      }
      GetParam().hash_pairs(hash, digests, digests, pairs);
      ASSERT_EQ(pairs[3], hash_pair(hash, digests[3], digests[3]));
    }
  }
}

TEST_P(Lanes, PermutationsAgree) {
  std::vector<KoalaBear> fast = edges_and_random(256, 6);
  std::vector<KoalaBear> plain = fast;
  for (int i = 0; i < 20; ++i) {
    GetParam().permute(fast.data(), false);
    GetParam().permute(plain.data(), true);
    ASSERT_EQ(fast, plain);
  }
}

TEST_P(Lanes, WorkWordsAreThoseOfTheNonces) {
  const Digest seed = hash_bytes(Hash::kBlake3, {});
  for (const Hash hash : {Hash::kBlake3, Hash::kPoseidon}) {
    for (const uint64_t base : {uint64_t{0}, uint64_t{0xfffff0}, uint64_t{0x123456789abcdef0}}) {
      Digest usable = seed;
      for (uint32_t& w : usable.word) w %= KoalaBear::kModulus;
      uint32_t words[16];
      GetParam().work(hash, usable, base, words);
      for (uint32_t i = 0; i < 16; ++i) {
        ASSERT_EQ(words[i], work_words<KoalaBear>(hash, usable, base + i, 0u));
      }
    }
  }
}

}  // namespace
}  // namespace cairn
