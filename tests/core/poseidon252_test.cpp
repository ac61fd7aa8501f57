#include "core/poseidon252.hpp"

#include <gtest/gtest.h>

#include "tests/core/known_answers.hpp"
#include "tests/support/random.hpp"
#include "tests/support/shared_data.hpp"

namespace cairn {
namespace {

TEST(Poseidon252, FirstKeysAreThoseOfCairo) {
  EXPECT_EQ(to_hex(hades_key(0, 0).integer()),
            "0x6861759ea556a2339dd92f9562a30b9e58e2ad98109ae4780b7fd8eac77fe6f");
  EXPECT_EQ(to_hex(hades_key(0, 2).integer()),
            "0x3a3956d2fad44d0e7f760a2277dc7cb2cac75dc279b2d687a0dbe17704a8309");
}

TEST(Poseidon252, KnownAnswers) {
  CAIRN_NEED_SHARED(shared);
  const nlohmann::json answers =
      read_json(shared / "data/kat/fields_and_permutations.json")["hades_permutation"];
  ASSERT_FALSE(answers.empty());
  for (const auto& answer : answers) {
    Felt state[kHadesWidth];
    for (int i = 0; i < kHadesWidth; ++i) state[i] = parse_felt(answer["in"][i].get<std::string>());

    poseidon252(state);

    for (int i = 0; i < kHadesWidth; ++i)
      EXPECT_EQ(to_hex(state[i]), answer["out"][i].get<std::string>());
  }
}

TEST(Poseidon252, AnswersOfARealRun) {
  // Instances of the poseidon segment of the public PIE simulated_builtins.zip.
  const char* cells[][6] = {
      {"0x0", "0x39", "0x0", "0x75568ac8c9f30770e970cafe50d576c7d09583787e7e45bbc623184649e2fc7",
       "0x63b314c2d9ab558f859f2154d49f8f3b53ffd40648d32da7ac254cfacd28297",
       "0x3fb99bface31e9679040b08bced1d1bf43cd4b0fc1e3b881e850da1e9579fb2"},
      {"0x75568ac8c9f30770e970cafe50d576c7d09583787e7e45bbc623184649e2fd2",
       "0x63b314c2d9ab558f859f2154d49f8f3b53ffd40648d32da7ac2c4452142f80b",
       "0x3fb99bface31e9679040b08bced1d1bf43cd4b0fc1e3b881e850da1e9579fb2",
       "0x317b86e4fe093af300188d986df2c0edb0dd18156d3e6dbe7a07da274639a5d",
       "0x26c8d36122a2bc6ac61ad35c92df433b54cf7d481b05a2b1825da32d040f283",
       "0x33c13eb62b929dee4081139a99762c09abd9b1318704fe8a02d76d33fac821b"}};
  for (const auto& instance : cells) {
    Felt state[kHadesWidth];
    for (int i = 0; i < kHadesWidth; ++i) state[i] = parse_felt(instance[i]);

    poseidon252(state);

    for (int i = 0; i < kHadesWidth; ++i) EXPECT_EQ(to_hex(state[i]), instance[kHadesWidth + i]);
  }
}

TEST(Poseidon252, MixIsTheMatrix) {
  Random random(1);
  const Felt252 x(random.felt()), y(random.felt()), z(random.felt());
  Felt252 state[kHadesWidth] = {x, y, z};

  hades_mix(state);

  EXPECT_EQ(state[0], x + x + x + y + z);
  EXPECT_EQ(state[1], x - y + z);
  EXPECT_EQ(state[2], x + y - z - z);
}

}  // namespace
}  // namespace cairn
