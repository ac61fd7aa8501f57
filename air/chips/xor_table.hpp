// XOR: a, b and a xor b for all a, b below 2^w; the part's log_height is 2 w, row a + 2^w b.
//
// Soundness: the content is fixed, and the message holds w, so that a wider table never serves a
// narrower check: both operands are below 2^w exactly.
#pragma once

#include "air/evaluator.hpp"
#include "air/image.hpp"
#include "air/part.hpp"

namespace cairn {

struct XorTable {
  static constexpr const char* kName = "XOR";
  static constexpr Kind kKind = Kind::kTable;
  static constexpr bool kReadsCounts = true;
  static constexpr bool valid_height(uint32_t log_height) {
    return log_height % 2 == 0 && log_height >= 2 * kMinXorWidth && log_height <= 2 * kMaxXorWidth;
  }
  static constexpr int log_period(int log_height) { return log_height; }

  template <class T>
  struct Columns {
    T multiplicity;
  };

  /// Fixed columns a, b, a xor b.
  static KoalaBear fixed(int column, uint32_t row, int log_height) {
    const int width = log_height / 2;
    const uint32_t a = row & ((1u << width) - 1);
    const uint32_t b = row >> width;
    return KoalaBear(column == 0 ? a : column == 1 ? b : a ^ b);
  }

  template <class E>
  HOST_DEVICE static constexpr void evaluate(E& e) {
    constexpr int64_t kHalf = KoalaBear(2).inverse().canonical();
    using V = typename E::Value;
    const auto c = e.template columns<Columns>();
    e.provide(Bus::kXor, c.multiplicity, e.log_height() * V(kHalf), e.fixed(0), e.fixed(1),
              e.fixed(2));
  }

  HOST_DEVICE static Columns<KoalaBear> fill(const Image&, const Counts& counts, const Part& part,
                                             uint32_t row) {
    return {Counts::read(counts.exclusive_or, part.height() + row)};
  }
};

}  // namespace cairn
