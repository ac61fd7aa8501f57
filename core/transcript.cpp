#include "core/transcript.hpp"

#include "core/bytes.hpp"
#include "core/error.hpp"
#include "core/work.hpp"

namespace cairn {

/// What a frame is for; the numbers are part of the protocol.
enum class Transcript::Kind : uint8_t {
  kDomain = 1,
  kBytes = 2,
  kElements = 3,
  kExtensions = 4,
  kDigest = 5,
  kInteger = 6,
  kDrawExtension = 7,
  kDrawIndex = 8,
  kDrawDigest = 9,
  kWorkSeed = 10,
  kWorkNonce = 11,
  kOutput = 12,
};

namespace {

constexpr uint32_t kPiece = (1u << 24) - 1;

std::span<const KoalaBear> flat(std::span<const KoalaBear5> elements) {
  static_assert(sizeof(KoalaBear5) == kExtensionDegree * sizeof(KoalaBear));
  return {reinterpret_cast<const KoalaBear*>(elements.data()), kExtensionDegree * elements.size()};
}

std::vector<std::byte> encode_elements(std::span<const KoalaBear> elements) {
  ByteWriter writer;
  for (const KoalaBear x : elements) writer.element(x);
  return writer.take();
}

std::vector<std::byte> encode_integer(uint64_t x) {
  ByteWriter writer;
  writer.u64(x);
  return writer.take();
}

std::vector<std::byte> encode_digest(const Digest& x) {
  ByteWriter writer;
  writer.digest(x);
  return writer.take();
}

/// Words that a state gives: block after block of hash(state, output kind, block number).
class Output {
 public:
  Output(Hash hash, const Digest& state, uint8_t kind) : hash_(hash), state_(state), kind_(kind) {}

  Digest block() {
    if (hash_ == Hash::kBlake3) {
      ByteWriter writer;
      writer.digest(state_);
      writer.u8(kind_);
      writer.u64(block_++);
      return hash_bytes(hash_, writer.bytes());
    }
    KoalaBear row[16] = {};
    for (int i = 0; i < kDigestWords; ++i) row[i] = KoalaBear(int64_t{state_.word[i]});
    row[8] = KoalaBear(int64_t{kind_});
    row[9] = KoalaBear(static_cast<int64_t>(block_++));
    return hash_elements(hash_, row);
  }
  /// A uniform integer below p: by rejection from 31 bits, or a lane of Poseidon as it is.
  uint32_t element() {
    while (true) {
      const uint32_t x = word() & 0x7fffffff;
      if (x < KoalaBear::kModulus) return x;
    }
  }
  /// `count` uniform bits, at most 31. Below p - 1 = 127 * 2^24 the low 24 bits of elements are
  /// uniform.
  uint32_t bits(int count) {
    if (hash_ == Hash::kBlake3) return word() & ((1u << count) - 1);
    const uint32_t low = piece();
    const uint32_t high = count > 24 ? piece() << 24 : 0;
    return (low | high) & ((1u << count) - 1);
  }

 private:
  uint32_t word() {
    if (next_ == kDigestWords) {
      current_ = block();
      next_ = 0;
    }
    return current_.word[next_++];
  }
  uint32_t piece() {
    while (true) {
      const uint32_t x = element();
      if (x < KoalaBear::kModulus - 1) return x & kPiece;
    }
  }

  Hash hash_;
  Digest state_;
  uint8_t kind_;
  uint64_t block_ = 0;
  Digest current_{};
  int next_ = kDigestWords;
};

}  // namespace

Transcript::Transcript(Hash hash, std::string_view domain) : hash_(hash) {
  advance(Kind::kDomain, domain, {}, {});
}

Digest Transcript::next_state(Kind kind, std::string_view label, std::span<const std::byte> bytes,
                              std::span<const KoalaBear> elements) const {
  // Soundness: kind, both lengths and the label come before the data, so that a frame tells where
  // it ends and no other call could have made it.
  const std::span<const std::byte> label_bytes = std::as_bytes(std::span(label));
  if (hash_ == Hash::kBlake3) {
    ByteWriter writer;
    writer.digest(state_);
    writer.u8(static_cast<uint8_t>(kind));
    writer.u32(static_cast<uint32_t>(label.size()));
    writer.u64(bytes.size() + kElementBytes * elements.size());
    writer.raw(label_bytes);
    writer.raw(bytes);
    for (const KoalaBear x : elements) writer.element(x);
    return hash_bytes(hash_, writer.bytes());
  }
  const uint64_t length = bytes.size() + elements.size();
  std::vector<KoalaBear> row;
  for (const uint32_t w : state_.word) row.push_back(KoalaBear(int64_t{w}));
  row.push_back(KoalaBear(static_cast<int64_t>(kind)));
  row.push_back(KoalaBear(static_cast<int64_t>(label.size())));
  row.push_back(KoalaBear(static_cast<int64_t>(length & kPiece)));
  row.push_back(KoalaBear(static_cast<int64_t>(length >> 24)));
  append_bytes(row, label_bytes);
  append_bytes(row, bytes);
  row.insert(row.end(), elements.begin(), elements.end());
  return hash_elements(hash_, row);
}

void Transcript::advance(Kind kind, std::string_view label, std::span<const std::byte> bytes,
                         std::span<const KoalaBear> elements) {
  check(label.size() < 256, "a label is short");
  state_ = next_state(kind, label, bytes, elements);
}

void Transcript::record(const char* kind, std::string_view label,
                        std::span<const std::byte> bytes) const {
  if (records_ == nullptr) return;
  records_->push_back({kind, std::string(label), {bytes.begin(), bytes.end()}});
}

void Transcript::absorb(std::string_view label, std::span<const std::byte> bytes) {
  advance(Kind::kBytes, label, bytes, {});
  record("absorb bytes", label, bytes);
}

void Transcript::absorb(std::string_view label, std::span<const KoalaBear> elements) {
  advance(Kind::kElements, label, {}, elements);
  if (records_ != nullptr) record("absorb elements", label, encode_elements(elements));
}

void Transcript::absorb(std::string_view label, std::span<const KoalaBear5> elements) {
  advance(Kind::kExtensions, label, {}, flat(elements));
  if (records_ != nullptr) record("absorb extensions", label, encode_elements(flat(elements)));
}

void Transcript::absorb(std::string_view label, const KoalaBear5& element) {
  absorb(label, std::span<const KoalaBear5>(&element, 1));
}

void Transcript::absorb(std::string_view label, const Digest& digest) {
  if (hash_ == Hash::kBlake3) {
    advance(Kind::kDigest, label, encode_digest(digest), {});
  } else {
    // Soundness: w and w - p would be one element.
    if (!is_canonical(hash_, digest)) {
      throw Error(Code::kInvalidProof,
                  "transcript: " + std::string(label) + ": digest has a word that is not below p");
    }
    KoalaBear elements[kDigestWords];
    for (int i = 0; i < kDigestWords; ++i) elements[i] = KoalaBear(int64_t{digest.word[i]});
    advance(Kind::kDigest, label, {}, elements);
  }
  if (records_ != nullptr) record("absorb digest", label, encode_digest(digest));
}

void Transcript::absorb(std::string_view label, uint64_t integer) {
  const std::vector<std::byte> bytes = encode_integer(integer);
  advance(Kind::kInteger, label, bytes, {});
  record("absorb integer", label, bytes);
}

KoalaBear5 Transcript::draw_extension(std::string_view label) {
  advance(Kind::kDrawExtension, label, {}, {});
  Output output(hash_, state_, static_cast<uint8_t>(Kind::kOutput));
  KoalaBear5 x;
  for (KoalaBear& c : x.c) c = KoalaBear(int64_t{output.element()});
  if (records_ != nullptr) record("draw extension", label, encode_elements(x.c));
  return x;
}

uint32_t Transcript::draw_index(std::string_view label, int log_bound) {
  check(log_bound >= 0 && log_bound <= 31, "an index has at most 31 bits");
  advance(Kind::kDrawIndex, label, encode_integer(static_cast<uint64_t>(log_bound)), {});
  const uint32_t index = Output(hash_, state_, static_cast<uint8_t>(Kind::kOutput)).bits(log_bound);
  if (records_ != nullptr) record("draw index", label, encode_integer(index));
  return index;
}

Digest Transcript::draw_digest(std::string_view label) {
  advance(Kind::kDrawDigest, label, {}, {});
  const Digest digest = Output(hash_, state_, static_cast<uint8_t>(Kind::kOutput)).block();
  if (records_ != nullptr) record("draw digest", label, encode_digest(digest));
  return digest;
}

Digest Transcript::work_seed(std::string_view label, int bits) const {
  check(bits >= 0 && bits <= kMaxWorkBits, "work is at most 31 bits");
  return next_state(Kind::kWorkSeed, label, encode_integer(static_cast<uint64_t>(bits)), {});
}

bool Transcript::check_work(std::string_view label, int bits, uint64_t nonce) {
  const Digest seed = work_seed(label, bits);
  const std::vector<std::byte> bytes = encode_integer(nonce);
  advance(Kind::kWorkNonce, label, bytes, {});
  record("absorb nonce", label, bytes);
  // Soundness: without work to do, a free nonce would let a prover try challenges for nothing.
  return bits == 0 ? nonce == 0 : has_work(hash_, seed, nonce, bits);
}

}  // namespace cairn
