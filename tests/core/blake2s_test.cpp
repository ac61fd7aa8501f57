// BLAKE2s against RFC 7693, hashlib's digests, and its own definition's corner cases.
#include "core/blake2s.hpp"

#include <string>

#include <gtest/gtest.h>

#include "tests/core/known_answers.hpp"
#include "tests/support/shared_data.hpp"

namespace cairn {
namespace {

std::string blake2s_of(const std::string& bytes) {
  std::string text;
  for (const uint8_t byte : blake2s::hash(std::as_bytes(std::span(bytes)))) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

TEST(Blake2s, KnownDigests) {
  EXPECT_EQ(blake2s_of(""), "69217a3079908094e11121d042354a7c1f55b6482ca1a51e1b250dfd1ed0eef9");
  // RFC 7693, appendix B.
  EXPECT_EQ(blake2s_of("abc"), "508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982");
  // hashlib.blake2s(bytes(range(64))) and of 65 such bytes: a whole block is the last one.
  std::string count;
  for (int i = 0; i < 64; ++i) count += static_cast<char>(i);
  EXPECT_EQ(blake2s_of(count), "56f34e8b96557e90c1f24b52d0c89d51086acf1b00f634cf1dde9233b8eaaa3e");
  count += static_cast<char>(64);
  EXPECT_EQ(blake2s_of(count), "1b53ee94aaf34e4b159d48de352c7f0661d0a40edff95a0b1639b4090e974472");
}

TEST(Blake2s, AllKnownDigests) {
  CAIRN_NEED_SHARED(shared);
  const nlohmann::json answers = read_json(shared / "data/kat/hashes.json");
  for (const auto& one : answers["others"]) {
    EXPECT_EQ(blake2s_of(bytes_of_hex(one["in"])), one["blake2s"].get<std::string>());
  }
}

}  // namespace
}  // namespace cairn
