// Keccak, Pedersen, program hash and fact against answers of published packages and of a real PIE.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "core/fact.hpp"
#include "core/felt252.hpp"
#include "core/keccak.hpp"
#include "core/pedersen.hpp"
#include "core/program_hash.hpp"
#include "tests/core/known_answers.hpp"
#include "tests/support/shared_data.hpp"

namespace cairn {
namespace {

std::string hex(const Keccak256& digest) {
  std::string text;
  for (const uint8_t byte : digest) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

std::string keccak_of(const std::string& text) {
  return hex(keccak256(std::as_bytes(std::span(text))));
}

TEST(Keccak, KnownDigests) {
  EXPECT_EQ(keccak_of(""), "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
  EXPECT_EQ(keccak_of("abc"), "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45");
  std::string count(136, '\0');  // one whole block
  for (size_t i = 0; i < count.size(); ++i) count[i] = static_cast<char>(i);
  EXPECT_EQ(keccak_of(count), "7ce759f1ab7f9ce437719970c26b0a66ff11fe3e38e17df89cf5d29c7d7f807e");
}

TEST(Keccak, BuiltinPermutesZeros) {
  // The team's KeccakF-1600-IntermediateValues.txt: the first two lanes after 0 was permuted once.
  const Felt in[8] = {};
  Felt out[8];
  ASSERT_TRUE(keccak_builtin(in, out));
  EXPECT_EQ(out[0].word[0], 0xf1258f7940e1dde7u);
  EXPECT_EQ(out[0].word[1], 0x84d5ccf933c0478au);
  const Felt long_words[8] = {{}, {}, {{0, 0, 0, 1 << 8}}};
  EXPECT_FALSE(keccak_builtin(long_words, out));
}

TEST(Keccak, AllKnownDigests) {
  CAIRN_NEED_SHARED(shared);
  const nlohmann::json answers = read_json(shared / "data/kat/hashes.json");
  for (const auto& one : answers["others"]) {
    EXPECT_EQ(keccak_of(bytes_of_hex(one["in"])), one["keccak256"].get<std::string>());
  }
}

TEST(Pedersen, KnownHashes) {
  // From crate starknet-types-core 0.2.4.
  const std::string largest = "0x800000000000011000000000000000000000000000000000000000000000000";
  const std::vector<std::vector<std::string>> cases = {
      {"0x0", "0x0", "0x49ee3eba8c1600700ee1b87eb599f16716b0b1022947733551fde4050ca6804"},
      {"0x1", "0x2", "0x5bb9440e27889a364bcb678b1f679ecd1347acdedcbf36e83494f857cc58026"},
      {"0xffffffffffffffff", "0x7",
       "0x7b7a0c36ebfe41e0ac0051c8b5334b6c4429275b9b781093d713ee1ac8d9b1"},
      {largest, largest, "0x7258fccaf3371fad51b117471d9d888a1786c5694c3e6099160477b593a576e"},
  };
  for (const auto& one : cases) {
    EXPECT_EQ(to_hex(pedersen(parse_felt(one[0]), parse_felt(one[1]))), one[2]);
  }
}

/// Words of the program of fibonacci.zip, a PIE of madara-alliance/madara's tests (Apache-2.0).
std::vector<Felt> fibonacci_program() {
  std::vector<Felt> words;
  for (const char* word : {"0x1104800180018000",
                           "0x6",
                           "0x400280007ffd7fff",
                           "0x482680017ffd8000",
                           "0x1",
                           "0x208b7fff7fff7ffe",
                           "0x480680017fff8000",
                           "0x1",
                           "0x480680017fff8000",
                           "0x1",
                           "0x480680017fff8000",
                           "0xa",
                           "0x1104800180018000",
                           "0x3",
                           "0x208b7fff7fff7ffe",
                           "0x20780017fff7ffd",
                           "0x4",
                           "0x480a7ffb7fff8000",
                           "0x208b7fff7fff7ffe",
                           "0x480a7ffc7fff8000",
                           "0x482a7ffc7ffb8000",
                           "0x4825800180007ffd",
                           "0x1",
                           "0x1104800180018000",
                           "0x800000000000010fffffffffffffffffffffffffffffffffffffffffffffff9",
                           "0x208b7fff7fff7ffe",
                           "0x208b7fff7fff7ffe"}) {
    words.push_back(parse_felt(word));
  }
  return words;
}

const std::vector<std::string> kOutputOnly = {"output"};

TEST(ProgramHash, OfARealProgram) {
  EXPECT_EQ(to_hex(program_hash(fibonacci_program(), 0, kOutputOnly)),
            "0x147550d7eab5c4ef6de7e5e33c81bfa2ecc7b1d8a76ae11b02ec143aba3bc1c");
}

TEST(ProgramHash, CoversEveryPart) {
  std::vector<Felt> words = fibonacci_program();
  const Felt hash = program_hash(words, 0, kOutputOnly);
  EXPECT_NE(program_hash(words, 1, kOutputOnly), hash);
  EXPECT_NE(program_hash(words, 0, {}), hash);
  const std::vector<std::string> more = {"output", "range_check"};
  EXPECT_NE(program_hash(words, 0, more), hash);
  words.pop_back();
  EXPECT_NE(program_hash(words, 0, kOutputOnly), hash);
}

TEST(ProgramHash, ShortStrings) {
  EXPECT_EQ(to_hex(short_string("AGGREGATOR")), "0x41474752454741544f52");
  EXPECT_EQ(to_hex(aggregator_program_hash(parse_felt("0x3e4ce834"))),
            "0x4b8e772169962b4e6ff0637f4cab2df92540fb309b7571750050452985c7ec0");
  EXPECT_EQ(short_string(""), Felt{});
  EXPECT_TRUE(is_below(short_string(std::string(31, 'a')), Felt{{0, 0, 0, uint64_t{1} << 56}}));
  EXPECT_THROW(short_string(std::string(32, 'a')), Error);
}

TEST(Fact, OfARealRun) {
  const std::vector<Felt> output = {Felt{{89, 0, 0, 0}}};
  const std::vector<uint32_t> page_sizes = {1}, topology = {1, 0};
  EXPECT_EQ(hex(gps_fact(program_hash(fibonacci_program(), 0, kOutputOnly), output, page_sizes,
                         topology)),
            "ca15503f02f8406b599cb220879e842394f5cf2cef753f3ee430647b5981b782");
}

std::vector<Felt> ten_words() {
  std::vector<Felt> words;
  for (uint64_t i = 1; i <= 10; ++i) words.push_back(Felt{{i, 0, 0, 0}});
  return words;
}

struct Tree {
  std::vector<uint32_t> page_sizes, topology;
  const char* answer;  // the fact, or the refusal
};

TEST(Fact, Trees) {
  // Answers of an independent implementation in Python.
  const std::vector<Tree> trees = {
      {{10}, {1, 0}, "b782f2aa1d0c0b63f5eb604c4fa7a7f441d84d5285d97686847e952e6e014923"},
      {{10}, {1, 1}, "10d693e7089cee16585d35caa824e3318ce6809dac813156b9914c7c52b7284b"},
      {{3, 4, 3}, {2, 2, 1, 2}, "9a02ff744d47581f6d5f0912716bb6299732ad5d36b0fa942205ea926dc23374"},
      {{2, 5, 3},
       {1, 0, 2, 2, 0, 2},
       "1b1cd295b55e5c7cb235c848b7674437ab240db1b1ead5ff9b84a9a4517c9c88"},
      {{0, 10, 0}, {3, 3}, "1e59fe56594e999eb993590abe39b6441e5ec2926145690c2c5acf6cea1f6063"},
  };
  for (const Tree& tree : trees) {
    EXPECT_EQ(hex(gps_fact(Felt{{0x1234, 0, 0, 0}}, ten_words(), tree.page_sizes, tree.topology)),
              tree.answer);
  }
}

TEST(Fact, RefusesWhatIsNoTree) {
  const std::vector<Tree> trees = {
      {{10}, {1}, "fact topology: an odd number of entries"},
      {{9}, {1, 0}, "fact topology: pages hold 9 of 10 words"},
      {{10, 4294967295}, {2, 2}, "fact topology: pages end after the output of 10 words"},
      {{10}, {2, 2}, "fact topology: takes more than the 1 pages"},
      {{5, 5}, {1, 0}, "fact topology: leaves 1 pages out"},
      {{5, 5}, {2, 0}, "fact topology: ends with 2 nodes, not one"},
      {{10}, {1, 2}, "fact topology: joins 2 nodes of 1"},
      {{10}, {1, 4294967295}, "fact topology: joins 4294967295 nodes of 1"},
      {{10}, {}, "fact topology: leaves 1 pages out"},
  };
  for (const Tree& tree : trees) {
    try {
      gps_fact(Felt{}, ten_words(), tree.page_sizes, tree.topology);
      ADD_FAILURE() << tree.answer;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Code::kBadInput);
      EXPECT_STREQ(error.what(), tree.answer);
    }
  }
}

}  // namespace
}  // namespace cairn
