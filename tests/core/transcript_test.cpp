// The transcript: determinism, separation of every two different calls, ranges of what is drawn.
#include "core/transcript.hpp"

#include <functional>
#include <ostream>
#include <set>

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "core/work.hpp"

namespace cairn {

/// How a test's list of parameters shows a hash.
void PrintTo(Hash hash, std::ostream* out) { *out << hash_name(hash); }

namespace {

class Transcripts : public testing::TestWithParam<Hash> {};
INSTANTIATE_TEST_SUITE_P(Hashes, Transcripts, testing::Values(Hash::kBlake3, Hash::kPoseidon),
                         [](const auto& info) { return std::string(hash_name(info.param)); });

std::string state_after(Hash hash, const std::function<void(Transcript&)>& calls) {
  Transcript transcript(hash, "test");
  calls(transcript);
  return transcript.draw_digest("state").hex();
}

TEST_P(Transcripts, SameCallsSameDraws) {
  const auto calls = [](Transcript& t) {
    t.absorb("a", uint64_t{7});
    t.draw_extension("b");
  };
  EXPECT_EQ(state_after(GetParam(), calls), state_after(GetParam(), calls));
}

TEST_P(Transcripts, DifferentCallsDifferentStates) {
  const std::byte zeros[12] = {};
  const std::span<const std::byte> bytes(zeros);
  const std::vector<KoalaBear> elements(10, KoalaBear(0));
  const std::span<const KoalaBear> row(elements);
  const std::vector<std::function<void(Transcript&)>> sequences = {
      [](Transcript&) {},
      [](Transcript& t) { t.absorb("a", uint64_t{0}); },
      [](Transcript& t) { t.absorb("b", uint64_t{0}); },
      [](Transcript& t) { t.absorb("a", uint64_t{1}); },
      [](Transcript& t) { t.absorb("a", uint64_t{1} << 63); },
      [](Transcript& t) { t.absorb("", uint64_t{0}); },
      [=](Transcript& t) { t.absorb("a", bytes.first(0)); },
      [=](Transcript& t) { t.absorb("a", bytes.first(3)); },
      [=](Transcript& t) { t.absorb("a", bytes.first(4)); },
      [=](Transcript& t) { t.absorb("a", bytes.first(8)); },
      [=](Transcript& t) { t.absorb("a", bytes.first(9)); },
      [=](Transcript& t) { t.absorb(std::string_view("a\0", 2), bytes.first(8)); },
      [=](Transcript& t) { t.absorb("a", row.first(0)); },
      [=](Transcript& t) { t.absorb("a", row.first(1)); },
      [=](Transcript& t) { t.absorb("a", row.first(2)); },
      [=](Transcript& t) { t.absorb("a", row.first(5)); },
      [=](Transcript& t) { t.absorb("a", row.first(10)); },
      [=](Transcript& t) {
        t.absorb("a", row.first(5));
        t.absorb("a", row.first(5));
      },
      [](Transcript& t) { t.absorb("a", KoalaBear5(0)); },
      [](Transcript& t) {
        t.absorb("a", KoalaBear5(0));
        t.absorb("a", KoalaBear5(0));
      },
      [](Transcript& t) { t.absorb("a", Digest{}); },
      [](Transcript& t) { t.draw_extension("a"); },
      [](Transcript& t) { t.draw_index("a", 3); },
      [](Transcript& t) { t.draw_index("a", 4); },
      [](Transcript& t) { t.draw_digest("a"); },
      [](Transcript& t) { (void)t.check_work("a", 0, 0); },
      [](Transcript& t) { (void)t.check_work("a", 0, 1); },
  };
  std::set<std::string> states;
  for (const auto& sequence : sequences) states.insert(state_after(GetParam(), sequence));
  EXPECT_EQ(states.size(), sequences.size());
  EXPECT_NE(Transcript(GetParam(), "x").draw_digest("a"),
            Transcript(GetParam(), "y").draw_digest("a"));
}

TEST_P(Transcripts, IndicesAreInRangeAndReachEveryValue) {
  Transcript transcript(GetParam(), "test");
  std::set<uint32_t> seen;
  for (int i = 0; i < 300; ++i) seen.insert(transcript.draw_index("i", 5));
  EXPECT_EQ(seen.size(), 32u);
  EXPECT_EQ(*seen.rbegin(), 31u);
  EXPECT_EQ(transcript.draw_index("none", 0), 0u);
  uint32_t all_bits = 0;
  for (int i = 0; i < 40; ++i) all_bits |= transcript.draw_index("wide", 31);
  EXPECT_EQ(all_bits, 0x7fffffffu);
}

TEST_P(Transcripts, ExtensionDrawsAreSpread) {
  Transcript transcript(GetParam(), "test");
  double sum = 0;
  const int draws = 400;
  for (int i = 0; i < draws; ++i) {
    for (const KoalaBear c : transcript.draw_extension("x").c) {
      sum += static_cast<double>(c.canonical()) / KoalaBear::kModulus;
    }
  }
  // The mean of 2,000 uniform numbers is within 0.05 of one half but in 1 of 10^14 cases.
  EXPECT_NEAR(sum / (draws * kExtensionDegree), 0.5, 0.05);
}

TEST_P(Transcripts, WorkIsBoundToSeedBitsAndNonce) {
  Transcript prover(GetParam(), "test");
  prover.absorb("a", uint64_t{1});
  const Digest seed = prover.work_seed("work", 10);
  uint64_t nonce = 0;
  while (!has_work(GetParam(), seed, nonce, 10)) ++nonce;
  Transcript verifier = prover;
  Transcript other = prover;
  EXPECT_TRUE(prover.check_work("work", 10, nonce));
  EXPECT_TRUE(verifier.check_work("work", 10, nonce));
  EXPECT_EQ(prover.draw_digest("d"), verifier.draw_digest("d"));
  EXPECT_NE(other.work_seed("work", 11), seed);
  EXPECT_NE(other.work_seed("other", 10), seed);
  uint64_t idle = 0;
  while (has_work(GetParam(), seed, idle, 10)) ++idle;
  EXPECT_FALSE(other.check_work("work", 10, idle));
  EXPECT_FALSE(Transcript(GetParam(), "t").check_work("none", 0, 1));
  EXPECT_TRUE(Transcript(GetParam(), "t").check_work("none", 0, 0));
}

TEST_P(Transcripts, RecorderSeesEveryCall) {
  std::vector<Transcript::Record> records;
  Transcript transcript(GetParam(), "test");
  transcript.set_recorder(&records);
  transcript.absorb("n", uint64_t{258});
  transcript.draw_index("i", 7);
  transcript.set_recorder(nullptr);
  transcript.absorb("unseen", uint64_t{0});
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[0].kind, "absorb integer");
  EXPECT_EQ(records[0].label, "n");
  EXPECT_EQ(records[0].bytes[1], std::byte{1});
  EXPECT_EQ(records[1].kind, "draw index");
}

TEST(Transcript, PoseidonRefusesDigestsThatAreNotElements) {
  Digest digest{};
  digest.word[0] = KoalaBear::kModulus;
  Transcript transcript(Hash::kPoseidon, "test");
  EXPECT_THROW(transcript.absorb("d", digest), Error);
}

TEST(Transcript, IsThatOfTheProtocolPage) {
  // Recorded here; a change breaks every proof that exists. BLAKE3's agrees with PyPI blake3.
  Transcript blake3(Hash::kBlake3, "cairn");
  blake3.absorb("n", uint64_t{1});
  EXPECT_EQ(blake3.draw_digest("d").hex(),
            "7f9aa01a7bc544c6f5e2fdc4d43fe3694abc474eef2cb9630d6391acd06e9e39");
  Transcript poseidon(Hash::kPoseidon, "cairn");
  poseidon.absorb("n", uint64_t{1});
  EXPECT_EQ(poseidon.draw_digest("d").hex(),
            "a4eed4516086267370246b1f22344d12c0e8183c8796766498a5405f6c9e3479");
}

}  // namespace
}  // namespace cairn
