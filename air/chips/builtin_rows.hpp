// The rows of a builtin segment: one an instance, by address, without gap or overlap.
//
// Soundness: a part's rows stand at range_begin, range_begin + cells, ... up to range_end, all of
// them real: en starts at 1 and may only fall where the address is range_end; parts cover the
// segment as the verifier chains their ranges (design: cairo-air-review.md R3, R13).
#pragma once

#include "air/evaluator.hpp"
#include "air/image.hpp"
#include "air/part.hpp"

namespace cairn {

/// Constrains main columns 0 and 1, the row's `address` and `en`.
template <class E, class V>
HOST_DEVICE constexpr void builtin_rows(E& e, int cells, const V& address, const V& en) {
  const V next_address = e.next(0);
  const V next_en = e.next(1);
  e.zero(e.is_first() * (address - e.range_begin()), "address starts at range_begin");
  e.zero(e.except_last() * (next_address - address - cells), "address counts");
  e.boolean(en, "en is boolean");
  e.zero(e.is_first() * (1 - en), "the first row is real");
  e.zero(e.except_last() * (next_en * (1 - en)), "no real row after padding");
  e.zero(e.except_last() * ((en - next_en) * (next_address - e.range_end())),
         "padding starts at range_end");
  e.zero(e.is_last() * (en * (address + cells - e.range_end())), "a full part ends at range_end");
}

/// The first cell of a row's instance; padding counts on.
struct BuiltinRow {
  uint32_t address;
  bool real;
};

/// Fills `address` and `en`: all that there is of padding.
template <class C>
HOST_DEVICE constexpr BuiltinRow begin_builtin_row(const Part& part, uint32_t cells, uint32_t row,
                                                   C& c) {
  const uint32_t address = part.range_begin + cells * row;
  const bool real = address < part.range_end;
  c.address = address;
  c.en = real ? 1 : 0;
  return {address, real};
}

/// Used instances of a builtin.
constexpr uint64_t builtin_instances(const Image& image, Builtin builtin, uint32_t cells) {
  const AddressRange range = image.builtin[static_cast<int>(builtin)];
  return (range.end - range.begin) / cells;
}

/// The number of the instance at `address` within its segment.
HOST_DEVICE constexpr uint32_t builtin_instance(const Image& image, Builtin builtin, uint32_t cells,
                                                uint32_t address) {
  return (address - image.builtin[static_cast<int>(builtin)].begin) / cells;
}

}  // namespace cairn
