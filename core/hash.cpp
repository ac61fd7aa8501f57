#include "core/hash.hpp"

#include <vector>

#include "core/blake3.hpp"
#include "core/blake3_chunks.hpp"
#include "core/error.hpp"
#include "core/hash_lanes.hpp"

namespace cairn {
namespace {

/// Deep enough for any message whose words a 32-bit count can tell.
constexpr int kDeep = 25;

struct RowSource {
  const KoalaBear* row;
  KoalaBear operator()(uint32_t i) const { return row[i]; }
};

struct ByteSource {
  std::span<const std::byte> bytes;
  uint32_t operator()(uint32_t i) const {
    const size_t begin = size_t{4} * i;
    const size_t count = bytes.size() - begin < 4 ? bytes.size() - begin : 4;
    uint32_t word = 0;
    for (size_t k = 0; k < count; ++k) {
      word |= std::to_integer<uint32_t>(bytes[begin + k]) << (8 * k);
    }
    return word;
  }
};

/// The chunks of a long message, hashed as many at once as can be.
class WideChunks {
 public:
  WideChunks(std::span<const std::byte> bytes, blake3::ChunksOf<const ByteSource> one_by_one)
      : bytes_(bytes), one_by_one_(one_by_one) {}

  void operator()(uint32_t chunk, uint32_t (&out)[8]) {
    constexpr size_t kChunkBytes = 4 * blake3::kChunkWords;
    const uint32_t place = chunk % blake3::kWideChunks;
    if (place == 0) {
      const size_t begin = chunk * kChunkBytes;
      wide_ = bytes_.size() - begin >= blake3::kWideChunks * kChunkBytes;
      if (wide_) blake3::hash_chunks(bytes_.data() + begin, chunk, values_);
    }
    if (!wide_) return one_by_one_(chunk, out);
    for (int i = 0; i < kDigestWords; ++i) out[i] = values_[place][i];
  }

 private:
  std::span<const std::byte> bytes_;
  blake3::ChunksOf<const ByteSource> one_by_one_;
  bool wide_ = false;
  uint32_t values_[blake3::kWideChunks][8];
};

Digest poseidon_row(std::span<const KoalaBear> row) {
  Digest digest;
  KoalaBear lanes[kDigestWords];
  poseidon_sponge(RowSource{row.data()}, static_cast<uint32_t>(row.size()), lanes);
  for (int i = 0; i < kDigestWords; ++i) digest.word[i] = lanes[i].canonical();
  return digest;
}

}  // namespace

std::string Digest::hex() const {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const uint32_t w : word) {
    for (int shift = 0; shift < 32; shift += 8) {
      text += kDigits[w >> (shift + 4) & 15];
      text += kDigits[w >> shift & 15];
    }
  }
  return text;
}

const char* hash_name(Hash hash) { return hash == Hash::kBlake3 ? "blake3" : "poseidon"; }

Digest hash_elements(Hash hash, std::span<const KoalaBear> row) {
  check(row.size() < UINT32_MAX, "a row's length fits 32 bits");
  if (hash == Hash::kPoseidon) return poseidon_row(row);
  Digest digest;
  RowSource source{row.data()};
  blake3::hash_message<kDeep>(CanonicalSource<RowSource>{source}, static_cast<uint32_t>(row.size()),
                              4, digest.word);
  return digest;
}

Digest hash_pair(Hash hash, const Digest& left, const Digest& right) {
  Digest digest;
  hash_pair_lanes<KoalaBear>(hash, left.word, right.word, digest.word);
  return digest;
}

Digest hash_bytes(Hash hash, std::span<const std::byte> bytes) {
  check(bytes.size() < (uint64_t{1} << 33), "a message is shorter than 8 GiB");
  if (hash == Hash::kPoseidon) {
    std::vector<KoalaBear> row = {KoalaBear(static_cast<int64_t>(bytes.size() & 0xffffff)),
                                  KoalaBear(static_cast<int64_t>(bytes.size() >> 24))};
    append_bytes(row, bytes);
    return poseidon_row(row);
  }
  Digest digest;
  const ByteSource source{bytes};
  const auto words = static_cast<uint32_t>((bytes.size() + 3) / 4);
  const uint32_t tail_bytes = static_cast<uint32_t>((bytes.size() + 3) % 4 + 1);
  if (words <= blake3::kChunkWords) {
    blake3::hash_message<kDeep>(source, words, tail_bytes, digest.word);
  } else {
    const uint32_t chunks = (words + blake3::kChunkWords - 1) / blake3::kChunkWords;
    blake3::hash_tree<kDeep>(chunks, WideChunks(bytes, {source, words, tail_bytes}), digest.word);
  }
  return digest;
}

void append_bytes(std::vector<KoalaBear>& elements, std::span<const std::byte> bytes) {
  for (size_t begin = 0; begin < bytes.size(); begin += 3) {
    int64_t x = 0;
    for (size_t k = 0; k < 3 && begin + k < bytes.size(); ++k) {
      x |= std::to_integer<int64_t>(bytes[begin + k]) << (8 * k);
    }
    elements.push_back(KoalaBear(x));
  }
}

bool is_canonical(Hash hash, const Digest& digest) {
  if (hash == Hash::kBlake3) return true;
  for (const uint32_t w : digest.word) {
    if (w >= KoalaBear::kModulus) return false;
  }
  return true;
}

}  // namespace cairn
