// The encoding: what is written is read again, and what nobody can have written is refused.
#include "core/bytes.hpp"

#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/random.hpp"

namespace cairn {
namespace {

/// The sentence with which `read` refuses `bytes`; empty if it does not.
std::string refusal(const std::vector<std::byte>& bytes,
                    const std::function<void(ByteReader&)>& read) {
  ByteReader reader(bytes);
  try {
    read(reader);
    reader.finish();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::kInvalidProof);
    return error.what();
  }
  return "";
}

std::vector<std::byte> words(std::initializer_list<uint32_t> list) {
  ByteWriter writer;
  for (const uint32_t x : list) writer.u32(x);
  return writer.take();
}

TEST(Bytes, RoundTrip) {
  Random random(3);
  const std::vector<KoalaBear> elements = random.koala_bears(7);
  const std::vector<KoalaBear5> extensions = {random.koala_bear5(), KoalaBear5(-1)};
  const std::vector<Felt> felts = {random.felt(), Felt{}};
  const std::vector<uint32_t> numbers = {0, UINT32_MAX};
  const Digest digest = hash_bytes(Hash::kBlake3, {});
  ByteWriter writer;
  writer.u8(0xff);
  writer.u32(0x01020304);
  writer.u64(UINT64_MAX - 1);
  writer.text("name");
  writer.elements(elements);
  writer.extensions(extensions);
  writer.digests(std::vector<Digest>{digest, digest});
  writer.felts(felts);
  writer.u32s(numbers);
  ByteReader reader(writer.bytes());
  EXPECT_EQ(reader.u8(), 0xff);
  EXPECT_EQ(reader.u32(), 0x01020304u);
  EXPECT_EQ(reader.u64(), UINT64_MAX - 1);
  EXPECT_EQ(reader.text(), "name");
  EXPECT_EQ(reader.elements(), elements);
  EXPECT_EQ(reader.extensions(), extensions);
  EXPECT_EQ(reader.digests(Hash::kBlake3), std::vector<Digest>({digest, digest}));
  EXPECT_EQ(reader.felts(), felts);
  EXPECT_EQ(reader.u32s(), numbers);
  reader.finish();
}

TEST(Bytes, LittleEndianAndCanonical) {
  ByteWriter writer;
  writer.u32(0x01020304);
  writer.element(KoalaBear(-1));
  const std::vector<std::byte> expected = {std::byte{4}, std::byte{3},   std::byte{2},
                                           std::byte{1}, std::byte{0},   std::byte{0},
                                           std::byte{0}, std::byte{0x7f}};
  EXPECT_EQ(writer.bytes(), expected);
}

TEST(Bytes, RefusesWhatIsNotCanonical) {
  EXPECT_EQ(refusal(words({KoalaBear::kModulus}), [](ByteReader& r) { r.element(); }),
            "proof: byte 4: element 2130706433 is not below p");
  EXPECT_EQ(refusal(words({KoalaBear::kModulus - 1}), [](ByteReader& r) { r.element(); }), "");
  EXPECT_THAT(refusal(words({0, 0, 0, 0, 0, 0, 0, KoalaBear::kModulus}),
                      [](ByteReader& r) { r.digest(Hash::kPoseidon); }),
              testing::HasSubstr("digest has a word that is not below p"));
  ByteWriter writer;
  writer.felt(kCairoPrime);
  EXPECT_THAT(refusal(writer.bytes(), [](ByteReader& r) { r.felt(); }),
              testing::HasSubstr("felt is not below the Cairo prime"));
}

TEST(Bytes, RefusesEndsAndLeftovers) {
  EXPECT_EQ(refusal(words({1}), [](ByteReader& r) { r.u64(); }),
            "proof: byte 0: ends early: 8 bytes wanted, 4 left");
  EXPECT_EQ(refusal(words({1, 2}), [](ByteReader& r) { r.u32(); }),
            "proof: byte 4: 4 bytes left over");
}

TEST(Bytes, NeverAllocatesForACountItCannotHold) {
  EXPECT_EQ(refusal(words({UINT32_MAX, 0}), [](ByteReader& r) { r.elements(); }),
            "proof: byte 4: count 4294967295 is more than 4 bytes can hold");
  EXPECT_EQ(refusal(words({2, 0}), [](ByteReader& r) { r.elements(); }),
            "proof: byte 4: count 2 is more than 4 bytes can hold");
  EXPECT_NE(refusal(words({UINT32_MAX}), [](ByteReader& r) { r.digests(Hash::kBlake3); }), "");
}

TEST(Bytes, EveryTruncationIsRefused) {
  ByteWriter writer;
  writer.elements(std::vector<KoalaBear>(3, KoalaBear(5)));
  writer.text("end");
  const auto read = [](ByteReader& r) {
    r.elements();
    r.text();
  };
  EXPECT_EQ(refusal(writer.bytes(), read), "");
  for (size_t size = 0; size < writer.bytes().size(); ++size) {
    std::vector<std::byte> cut(writer.bytes().begin(),
                               writer.bytes().begin() + static_cast<long>(size));
    EXPECT_NE(refusal(cut, read), "") << size;
  }
}

}  // namespace
}  // namespace cairn
