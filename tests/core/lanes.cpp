#include "core/lanes.hpp"

#include "core/hash_lanes.hpp"
#include "core/packed.hpp"
#include "core/packed_word.hpp"
#include "core/work.hpp"
#include "tests/core/lanes.hpp"

namespace cairn::CAIRN_SIMD {
namespace {

using V = PackedKoalaBear;
constexpr int kRows = 16;
constexpr int kWidth = V::kWidth;

template <class Operation>
[[gnu::always_inline]] inline void for_all(const KoalaBear* a, const KoalaBear* b, KoalaBear* out,
                                           size_t count, Operation operation) {
  for (size_t i = 0; i < count; i += kWidth)
    operation(V::load(a + i), V::load(b + i)).store(out + i);
}

void add(const KoalaBear* a, const KoalaBear* b, KoalaBear* out, size_t count) {
  for_all(a, b, out, count, [](V x, V y) { return x + y; });
}
void subtract(const KoalaBear* a, const KoalaBear* b, KoalaBear* out, size_t count) {
  for_all(a, b, out, count, [](V x, V y) { return x - y; });
}
void multiply(const KoalaBear* a, const KoalaBear* b, KoalaBear* out, size_t count) {
  for_all(a, b, out, count, [](V x, V y) { return x * y; });
}
void inverse(const KoalaBear* a, KoalaBear* out, size_t count) {
  for_all(a, a, out, count, [](V x, V) { return x.inverse(); });
}
void words(const KoalaBear* a, uint32_t* out, KoalaBear* out2, size_t count) {
  for (size_t i = 0; i < count; i += kWidth) {
    const PackedWord word = canonical_words(V::load(a + i));
    word.store(out + i);
    element_of_words(word).store(out2 + i);
  }
}
void multiply_quintic(const KoalaBear* a, const KoalaBear* b, KoalaBear* out, size_t count) {
  for (size_t i = 0; i < count; i += kWidth) {
    store_quintic(out + i, count, load_quintic<V>(a + i, count) * load_quintic<V>(b + i, count));
  }
}

struct Column {
  const KoalaBear* cells;
  HOST_DEVICE V operator()(uint32_t i) const { return V::load(cells + kRows * i); }
};

void store_digests(const PackedWord (&words)[kDigestWords], Digest* out) {
  for (int i = 0; i < kDigestWords; ++i) {
    uint32_t lanes[kWidth];
    words[i].store(lanes);
    for (int lane = 0; lane < kWidth; ++lane) out[lane].word[i] = lanes[lane];
  }
}

void load_digests(const Digest* in, PackedWord (&words)[kDigestWords]) {
  for (int i = 0; i < kDigestWords; ++i) {
    uint32_t lanes[kWidth];
    for (int lane = 0; lane < kWidth; ++lane) lanes[lane] = in[lane].word[i];
    words[i] = PackedWord::load(lanes);
  }
}

void hash_rows(Hash hash, const KoalaBear* cells, uint32_t columns, Digest* out) {
  for (int row = 0; row < kRows; row += kWidth) {
    PackedWord digest[kDigestWords];
    hash_row_lanes<V>(hash, Column{cells + row}, columns, digest);
    store_digests(digest, out + row);
  }
}

void hash_pairs(Hash hash, const Digest* left, const Digest* right, Digest* out) {
  for (int row = 0; row < kRows; row += kWidth) {
    PackedWord l[kDigestWords], r[kDigestWords], digest[kDigestWords];
    load_digests(left + row, l);
    load_digests(right + row, r);
    hash_pair_lanes<V>(hash, l, r, digest);
    store_digests(digest, out + row);
  }
}

void permute(KoalaBear* state, bool plain) {
  for (int row = 0; row < kRows; row += kWidth) {
    V lanes[poseidon::kWidth];
    for (int i = 0; i < poseidon::kWidth; ++i) lanes[i] = V::load(state + kRows * i + row);
    if (plain) {
      poseidon::permute_plain(lanes);
    } else {
      poseidon::permute(lanes);
    }
    for (int i = 0; i < poseidon::kWidth; ++i) lanes[i].store(state + kRows * i + row);
  }
}

void work(Hash hash, const Digest& seed, uint64_t base, uint32_t* out) {
  uint32_t offsets[kWidth];
  for (int lane = 0; lane < kWidth; ++lane) offsets[lane] = static_cast<uint32_t>(lane);
  for (int row = 0; row < kRows; row += kWidth) {
    work_words<V>(hash, seed, base + static_cast<uint64_t>(row), PackedWord::load(offsets))
        .store(out + row);
  }
}

}  // namespace

#define CAIRN_TEXT_OF(x) #x
#define CAIRN_TEXT(x) CAIRN_TEXT_OF(x)
LaneFunctions lane_functions() {
  return {CAIRN_TEXT(CAIRN_SIMD), kWidth,    add,        subtract, multiply, inverse, words,
          multiply_quintic,       hash_rows, hash_pairs, permute,  work};
}

}  // namespace cairn::CAIRN_SIMD
