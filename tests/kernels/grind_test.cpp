#include "kernels/grind.hpp"

#include "backends.hpp"
#include "tests/support/random.hpp"

namespace cairn::test {
namespace {

class Grinding : public BackendTest {};

TEST_P(Grinding, FindsTheSmallestNonce) {
  Random random(41);
  for (const Hash hash : {Hash::kBlake3, Hash::kPoseidon}) {
    for (const int bits : {0, 1, 3, 7, 10, 12}) {
      Digest seed;
      for (uint32_t& word : seed.word) word = random.koala_bear().canonical();
      uint64_t expected = 0;
      while (!has_work(hash, seed, expected, bits)) ++expected;

      EXPECT_EQ(grind(backend(), hash, seed, bits), expected) << hash_name(hash) << " " << bits;
    }
  }
}

CAIRN_ON_EVERY_BACKEND(Grinding);

TEST(Grind, WritesTheFirstRoundOfEachIndex) {
  const auto backend = backend_of("scalar", 1);
  const Digest seed{{1, 2, 3, 4, 5, 6, 7, 8}};
  const uint64_t first = (uint64_t{1} << 32) - 64, count = 48;
  const uint32_t rounds = 4;
  Buffer<uint32_t> found(*backend, count);

  backend->run(Grind{Hash::kBlake3, seed, 7, first, rounds, found.data(), count});

  const auto result = found.to_host();
  for (uint64_t i = 0; i < count; ++i) {
    uint32_t round = 0;
    while (round < rounds && !has_work(Hash::kBlake3, seed, first + round * count + i, 3)) ++round;
    EXPECT_EQ(result[i], round == rounds ? Grind::kNone : round);
  }
}

}  // namespace
}  // namespace cairn::test
