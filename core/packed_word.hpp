// PackedWord: as many 32-bit words as PackedKoalaBear has lanes, with what BLAKE3 needs: + ^ and
// rotation. Compiled once per instruction set, as core/packed.hpp is.
#pragma once

#include <cstdint>

#include "core/device.hpp"
#include "core/koala_bear.hpp"
#include "core/packed.hpp"

namespace cairn::CAIRN_SIMD {

#if defined(CAIRN_SIMD_AVX512) || defined(CAIRN_SIMD_AVX2)

class PackedWord {
 public:
  using Vector = Lanes::Vector;
  static constexpr int kWidth = Lanes::kWidth;

  PackedWord() = default;
  HOST_DEVICE PackedWord(uint32_t x)  // NOLINT(google-explicit-constructor): a broadcast
      : vector_(Lanes::broadcast(x)) {}
  HOST_DEVICE explicit PackedWord(Vector vector) : vector_(vector) {}

  HOST_DEVICE static PackedWord load(const uint32_t* p) { return PackedWord(Lanes::load(p)); }
  HOST_DEVICE void store(uint32_t* p) const { Lanes::store(p, vector_); }
  HOST_DEVICE Vector vector() const { return vector_; }

  HOST_DEVICE friend PackedWord operator+(PackedWord a, PackedWord b) {
    return PackedWord(Lanes::add(a.vector_, b.vector_));
  }
  HOST_DEVICE friend PackedWord operator^(PackedWord a, PackedWord b) {
#if defined(CAIRN_SIMD_AVX512)
    return PackedWord(_mm512_xor_si512(a.vector_, b.vector_));
#else
    return PackedWord(_mm256_xor_si256(a.vector_, b.vector_));
#endif
  }
  template <int kBits>
  HOST_DEVICE friend PackedWord rotate_right(PackedWord x) {
#if defined(CAIRN_SIMD_AVX512)
    return PackedWord(_mm512_ror_epi32(x.vector_, kBits));
#else
    if constexpr (kBits == 16 || kBits == 8) {
      // Whole bytes move: one shuffle in place of two shifts and an or.
      constexpr int64_t kLow = kBits == 16 ? 0x0504070601000302 : 0x0407060500030201;
      constexpr int64_t kHigh = kLow + 0x0808080808080808;
      return PackedWord(
          _mm256_shuffle_epi8(x.vector_, _mm256_set_epi64x(kHigh, kLow, kHigh, kLow)));
    } else {
      return PackedWord(_mm256_or_si256(_mm256_srli_epi32(x.vector_, kBits),
                                        _mm256_slli_epi32(x.vector_, 32 - kBits)));
    }
#endif
  }

 private:
  Vector vector_;
};

/// The integers in [0, p) of all lanes.
HOST_DEVICE PackedWord canonical_words(PackedKoalaBear x) {
  // Montgomery reduction of 32-bit values, whose high halves are zero.
  const PackedWord::Vector v = x.vector();
  const PackedWord::Vector inverse = Lanes::broadcast(0x81000001u);
  const PackedWord::Vector modulus = Lanes::broadcast(KoalaBear::kModulus);
  const PackedWord::Vector even = Lanes::multiply_even(v, inverse);
  const PackedWord::Vector odd = Lanes::multiply_even(Lanes::odd_to_even(v), inverse);
  const PackedWord::Vector high =
      Lanes::high_halves(Lanes::multiply_even(even, modulus), Lanes::multiply_even(odd, modulus));
  const PackedWord::Vector negative = Lanes::subtract(Lanes::broadcast(0), high);
  return PackedWord(Lanes::minimum(negative, Lanes::add(negative, modulus)));
}

/// The classes of any words, in Montgomery form.
HOST_DEVICE PackedKoalaBear element_of_words(PackedWord x) {
  // Montgomery multiplication by 2^64 mod p, which takes a left factor of any 32 bits.
  return PackedKoalaBear(x.vector()) *
         PackedKoalaBear(KoalaBear::from_montgomery(KoalaBear(int64_t{1} << 32).montgomery()));
}

#else

/// One lane: the portable form.
class PackedWord {
 public:
  static constexpr int kWidth = 1;

  PackedWord() = default;
  HOST_DEVICE PackedWord(uint32_t x) : x_(x) {}  // NOLINT(google-explicit-constructor)

  HOST_DEVICE static PackedWord load(const uint32_t* p) { return PackedWord(*p); }
  HOST_DEVICE void store(uint32_t* p) const { *p = x_; }

  HOST_DEVICE friend PackedWord operator+(PackedWord a, PackedWord b) { return a.x_ + b.x_; }
  HOST_DEVICE friend PackedWord operator^(PackedWord a, PackedWord b) { return a.x_ ^ b.x_; }
  template <int kBits>
  HOST_DEVICE friend PackedWord rotate_right(PackedWord x) {
    return x.x_ >> kBits | x.x_ << (32 - kBits);
  }

 private:
  uint32_t x_;
};

HOST_DEVICE PackedWord canonical_words(PackedKoalaBear x) {
  KoalaBear lane;
  x.store(&lane);
  return {lane.canonical()};
}

HOST_DEVICE PackedKoalaBear element_of_words(PackedWord x) {
  uint32_t lane;
  x.store(&lane);
  return PackedKoalaBear(KoalaBear(static_cast<int64_t>(lane)));
}

#endif

}  // namespace cairn::CAIRN_SIMD
