// ByteWriter and ByteReader: the only encoding in the project. Little-endian, no padding, no tags;
// field elements are canonical integers of four bytes, counts are four bytes and come before what
// they count.
//
// A reader trusts nothing: it throws Error (kInvalidProof unless told otherwise) with the position
// and what was wrong, and it allocates only for items whose bytes are there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "core/felt.hpp"
#include "core/felt252.hpp"
#include "core/hash.hpp"
#include "core/koala_bear.hpp"
#include "core/quintic.hpp"

namespace cairn {

inline constexpr size_t kElementBytes = 4;
inline constexpr size_t kExtensionBytes = 4 * kExtensionDegree;
inline constexpr size_t kDigestBytes = 4 * kDigestWords;
inline constexpr size_t kFeltBytes = 32;

class ByteWriter {
 public:
  void u8(uint8_t x) { little_endian(x, 1); }
  void u32(uint32_t x) { little_endian(x, 4); }
  void u64(uint64_t x) { little_endian(x, 8); }
  void element(KoalaBear x) { u32(x.canonical()); }
  void extension(const KoalaBear5& x) {
    for (const KoalaBear& c : x.c) element(c);
  }
  void digest(const Digest& x) {
    for (const uint32_t w : x.word) u32(w);
  }
  void felt(const Felt& x) {
    for (const uint64_t w : x.word) u64(w);
  }
  /// Raw bytes, without a count.
  void raw(std::span<const std::byte> x) { bytes_.insert(bytes_.end(), x.begin(), x.end()); }
  /// A number of items that follow.
  void count(size_t x) {
    check(x <= UINT32_MAX, "a count fits four bytes");
    u32(static_cast<uint32_t>(x));
  }
  void text(std::string_view x) {
    count(x.size());
    raw(std::as_bytes(std::span(x)));
  }
  void elements(std::span<const KoalaBear> x) { items(x, &ByteWriter::element); }
  void extensions(std::span<const KoalaBear5> x) { items(x, &ByteWriter::extension); }
  void digests(std::span<const Digest> x) { items(x, &ByteWriter::digest); }
  void felts(std::span<const Felt> x) { items(x, &ByteWriter::felt); }
  void u32s(std::span<const uint32_t> x) { items(x, &ByteWriter::u32); }

  const std::vector<std::byte>& bytes() const { return bytes_; }
  std::vector<std::byte> take() { return std::move(bytes_); }

 private:
  void little_endian(uint64_t x, int byte_count) {
    std::byte encoded[8];
    for (int i = 0; i < 8; ++i) encoded[i] = static_cast<std::byte>(x >> (8 * i));
    const size_t end = bytes_.size();
    bytes_.resize(end + static_cast<size_t>(byte_count));
    std::memcpy(&bytes_[end], encoded, static_cast<size_t>(byte_count));
  }
  template <class T, class Write>
  void items(std::span<const T> x, Write write) {
    count(x.size());
    for (const T& item : x) (this->*write)(item);
  }

  std::vector<std::byte> bytes_;
};

class ByteReader {
 public:
  /// Reads `bytes`, which must outlive the reader; errors carry `code` and begin with `name`.
  explicit ByteReader(std::span<const std::byte> bytes, std::string name = "proof",
                      Code code = Code::kInvalidProof)
      : bytes_(bytes), name_(std::move(name)), code_(code) {}

  size_t position() const { return position_; }
  size_t remaining() const { return bytes_.size() - position_; }

  uint8_t u8() { return static_cast<uint8_t>(little_endian(1)); }
  uint32_t u32() { return static_cast<uint32_t>(little_endian(4)); }
  uint64_t u64() { return little_endian(8); }
  /// Soundness: refuses integers from p on, so that equal elements have equal bytes.
  KoalaBear element() {
    const uint32_t x = u32();
    if (x >= KoalaBear::kModulus) fail("element " + std::to_string(x) + " is not below p");
    return KoalaBear(x);
  }
  KoalaBear5 extension() {
    KoalaBear5 x;
    for (KoalaBear& c : x.c) c = element();
    return x;
  }
  /// A digest that `hash` can give; others are refused.
  Digest digest(Hash hash) {
    Digest x;
    for (uint32_t& w : x.word) w = u32();
    if (!is_canonical(hash, x)) fail("digest has a word that is not below p");
    return x;
  }
  /// A felt below the Cairo prime; others are refused.
  Felt felt() {
    Felt x;
    for (uint64_t& w : x.word) w = u64();
    if (!is_below(x, kCairoPrime)) fail("felt is not below the Cairo prime");
    return x;
  }
  std::span<const std::byte> raw(size_t byte_count) {
    if (byte_count > remaining()) {
      fail("ends early: " + std::to_string(byte_count) + " bytes wanted, " +
           std::to_string(remaining()) + " left");
    }
    position_ += byte_count;
    return bytes_.subspan(position_ - byte_count, byte_count);
  }
  /// A number of items of at least `item_bytes` bytes each; refused when there cannot be so many.
  size_t count(size_t item_bytes) {
    const uint32_t x = u32();
    if (item_bytes == 0 || x > remaining() / item_bytes) {
      fail("count " + std::to_string(x) + " is more than " + std::to_string(remaining()) +
           " bytes can hold");
    }
    return x;
  }
  std::string text() {
    const std::span<const std::byte> x = raw(count(1));
    return {reinterpret_cast<const char*>(x.data()), x.size()};
  }
  std::vector<KoalaBear> elements() {
    return items<KoalaBear>(kElementBytes, [this] { return element(); });
  }
  std::vector<KoalaBear5> extensions() {
    return items<KoalaBear5>(kExtensionBytes, [this] { return extension(); });
  }
  std::vector<Digest> digests(Hash hash) {
    return items<Digest>(kDigestBytes, [this, hash] { return digest(hash); });
  }
  std::vector<Felt> felts() {
    return items<Felt>(kFeltBytes, [this] { return felt(); });
  }
  std::vector<uint32_t> u32s() {
    return items<uint32_t>(4, [this] { return u32(); });
  }

  /// Soundness: call it last; bytes that nobody reads would make one proof many.
  void finish() const {
    if (remaining() != 0) fail(std::to_string(remaining()) + " bytes left over");
  }
  /// Throws the reader's Error: name, position, `sentence`.
  [[noreturn]] void fail(const std::string& sentence) const {
    throw Error(code_, name_ + ": byte " + std::to_string(position_) + ": " + sentence);
  }

 private:
  uint64_t little_endian(size_t byte_count) {
    uint64_t x = 0;
    const std::span<const std::byte> source = raw(byte_count);
    for (size_t i = 0; i < byte_count; ++i) x |= std::to_integer<uint64_t>(source[i]) << (8 * i);
    return x;
  }
  template <class T, class Read>
  std::vector<T> items(size_t item_bytes, Read read) {
    std::vector<T> x(count(item_bytes));
    for (T& item : x) item = read();
    return x;
  }

  std::span<const std::byte> bytes_;
  size_t position_ = 0;
  std::string name_;
  Code code_;
};

}  // namespace cairn
