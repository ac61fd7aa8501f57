// BLAKE3 and Poseidon against known answers of the published packages (PyPI blake3; crate
// p3-koala-bear).
#include "core/hash.hpp"

#include <algorithm>
#include <string>

#include <gtest/gtest.h>

#include "core/poseidon.hpp"
#include "tests/core/known_answers.hpp"
#include "tests/support/shared_data.hpp"

namespace cairn {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

TEST(Blake3, KnownDigests) {
  EXPECT_EQ(hash_bytes(Hash::kBlake3, {}).hex(),
            "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262");
  const KoalaBear one[] = {235318264};
  EXPECT_EQ(hash_elements(Hash::kBlake3, one).hex(),
            "76a180c304aae8ec40ec0296f9cc03547918c33289f6c1ca0897333f5bbb61f5");
  const KoalaBear two[] = {569910583, 1901863042};
  EXPECT_EQ(hash_elements(Hash::kBlake3, two).hex(),
            "21e112ec3c2001630a83411692f62bada00c096192443e8b2228096c32a3a87e");
  EXPECT_EQ(
      hash_pair(Hash::kBlake3, hash_elements(Hash::kBlake3, one), hash_elements(Hash::kBlake3, two))
          .hex(),
      "b9da3e96b7640a2db601a5fc4bb7c137f2c24aa9ea75d8404a64910a7780ef33");
}

TEST(Blake3, KnownDigestsOfAllLengths) {
  CAIRN_NEED_SHARED(shared);
  const nlohmann::json answers = read_json(shared / "data/kat/hashes.json");
  for (const auto& leaf : answers["leaves"]) {
    std::vector<KoalaBear> row;
    for (const auto& x : leaf["row"]) row.push_back(KoalaBear(x.get<int64_t>()));
    EXPECT_EQ(hash_elements(Hash::kBlake3, row).hex(), leaf["hash"].get<std::string>())
        << row.size();
  }
}

TEST(Blake3, BytesThatEndInsideAWord) {
  // The same bytes as an element row, cut at every length, differ from each other and from their
  // padding.
  std::vector<std::string> seen;
  for (size_t length = 0; length <= 70; ++length) {
    seen.push_back(hash_bytes(Hash::kBlake3, bytes_of(std::string(length, '\0'))).hex());
  }
  std::sort(seen.begin(), seen.end());
  EXPECT_EQ(std::adjacent_find(seen.begin(), seen.end()), seen.end());
  EXPECT_EQ(hash_bytes(Hash::kBlake3, bytes_of("abc")).hex(),
            "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85");
}

TEST(Blake3, LongMessagesInGroupsOfChunks) {
  // Around whole groups of 16 chunks of 1 KiB, against the path that goes chunk by chunk.
  for (const uint32_t words : {257u, 512u, 4095u, 4096u, 4097u, 8192u, 8193u, 12544u, 20000u}) {
    std::vector<KoalaBear> row;
    std::vector<std::byte> bytes;
    for (uint32_t i = 0; i < words; ++i) {
      row.push_back(KoalaBear(int64_t{i} * i * 77771 + i));
      for (int shift = 0; shift < 32; shift += 8) {
        bytes.push_back(static_cast<std::byte>(row.back().canonical() >> shift & 255));
      }
    }
    EXPECT_EQ(hash_bytes(Hash::kBlake3, bytes), hash_elements(Hash::kBlake3, row)) << words;
  }
}

TEST(Blake3, PublishedVectorsOfLongMessages) {
  // test_vectors.json of the BLAKE3 reference: byte i is i mod 251.
  std::vector<std::byte> bytes(102400);
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(i % 251);
  EXPECT_EQ(hash_bytes(Hash::kBlake3, bytes).hex(),
            "bc3e3d41a1146b069abffad3c0d44860cf664390afce4d9661f7902e7943e085");
  EXPECT_EQ(hash_bytes(Hash::kBlake3, std::span(bytes).first(31744)).hex(),
            "62b6960e1a44bcc1eb1a611a8d6235b6b4b78f32e7abc4fb4c6cdcce94895c47");
}

std::vector<uint32_t> permuted(std::vector<uint32_t> in, bool plain) {
  KoalaBear state[16];
  for (size_t i = 0; i < 16; ++i) state[i] = KoalaBear(static_cast<int64_t>(in[i]));
  if (plain) {
    poseidon::permute_plain(state);
  } else {
    poseidon::permute(state);
  }
  for (size_t i = 0; i < 16; ++i) in[i] = state[i].canonical();
  return in;
}

TEST(Poseidon, KnownPermutations) {
  const std::vector<uint32_t> of_zeros = {
      2096630793, 502841916,  2048234017, 615698125,  1716747525, 1717817948, 194562273,  959725011,
      1720971930, 2093224065, 1607677051, 1849387246, 2054104179, 1529778884, 1740781079, 92100382};
  const std::vector<uint32_t> of_count = {610090613,  935319874,  1893335292, 796792199,
                                          356405232,  552237741,  55134556,   1215104204,
                                          1823723405, 1133298033, 1780633798, 1453946561,
                                          710069176,  1128629550, 1917333254, 1175481618};
  std::vector<uint32_t> count(16);
  for (uint32_t i = 0; i < 16; ++i) count[i] = i;
  for (const bool plain : {true, false}) {
    EXPECT_EQ(permuted(std::vector<uint32_t>(16, 0), plain), of_zeros);
    EXPECT_EQ(permuted(count, plain), of_count);
  }
}

TEST(Poseidon, KnownPermutationsAndConstants) {
  CAIRN_NEED_SHARED(shared);
  const nlohmann::json poseidon =
      read_json(shared / "data/kat/fields_and_permutations.json")["poseidon1_16"];
  for (const auto& one : poseidon["permutations"]) {
    for (const bool plain : {true, false}) {
      EXPECT_EQ(permuted(one["in"].get<std::vector<uint32_t>>(), plain),
                one["out"].get<std::vector<uint32_t>>());
    }
  }
  const auto& constants = poseidon["round_constants"];
  ASSERT_EQ(constants.size(), static_cast<size_t>(poseidon::kRounds));
  for (int round = 0; round < poseidon::kRounds; ++round) {
    for (int i = 0; i < poseidon::kWidth; ++i) {
      EXPECT_EQ(poseidon::round_constant(round, i).canonical(), constants[round][i]);
    }
  }
}

TEST(Poseidon, RoundsAreThoseOfTheAnalysis) {
  // Soundness: fewer rounds would break the hash; 8 + 20 is the published instance for x^3,
  // width 16.
  EXPECT_EQ(poseidon::kWidth, 16);
  EXPECT_EQ(poseidon::kRate, 8);
  EXPECT_EQ(poseidon::kFullRounds, 8);
  EXPECT_EQ(poseidon::kPartialRounds, 20);
}

TEST(Poseidon, SpongeOverwritesEightAtATime) {
  std::vector<KoalaBear> row;
  for (int64_t i = 0; i < 11; ++i) row.push_back(KoalaBear(100 + i));
  KoalaBear state[16] = {};
  for (int i = 0; i < 8; ++i) state[i] = row[static_cast<size_t>(i)];
  poseidon::permute_plain(state);
  for (int i = 0; i < 3; ++i) state[i] = row[static_cast<size_t>(8 + i)];
  poseidon::permute_plain(state);
  const Digest digest = hash_elements(Hash::kPoseidon, row);
  for (int i = 0; i < 8; ++i) EXPECT_EQ(digest.word[i], state[i].canonical());
}

TEST(Poseidon, BytesOfDifferentLengthsDiffer) {
  EXPECT_NE(hash_bytes(Hash::kPoseidon, bytes_of(std::string(3, '\0'))),
            hash_bytes(Hash::kPoseidon, bytes_of(std::string(4, '\0'))));
  EXPECT_NE(hash_bytes(Hash::kPoseidon, {}),
            hash_bytes(Hash::kPoseidon, bytes_of(std::string(1, '\0'))));
}

TEST(Digest, Canonical) {
  Digest digest{};
  digest.word[7] = KoalaBear::kModulus;
  EXPECT_TRUE(is_canonical(Hash::kBlake3, digest));
  EXPECT_FALSE(is_canonical(Hash::kPoseidon, digest));
  EXPECT_EQ(digest.hex().substr(56), "0100007f");
}

}  // namespace
}  // namespace cairn
