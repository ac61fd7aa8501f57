// Packs felts into cells: small values in place, the others as rows of two tables without
// duplicates.
//
// Equal values get equal cells: assert_eq is proven by comparing (kappa, payload) only.
#pragma once

#include <cstdint>
#include <vector>

#include "air/image.hpp"
#include "core/error.hpp"
#include "core/felt.hpp"

namespace cairn {

/// A list of distinct felts; open addressing with linear probing, at most half full.
class ValueTable {
 public:
  ValueTable() : slots_(kFirstSlots) {}

  /// Asks for the memory that add(value) will look at.
  void prefetch(const Felt& value) const {
    __builtin_prefetch(&slots_[hash_of(value) & (slots_.size() - 1)], 1);
  }

  /// The place of `value` in the list, appended if it is new.
  uint32_t add(const Felt& value) {
    if (2 * values_.size() >= slots_.size()) grow();
    const uint64_t hash = hash_of(value);
    for (uint64_t i = hash & (slots_.size() - 1);; i = (i + 1) & (slots_.size() - 1)) {
      Slot& slot = slots_[i];
      if (slot.next_index == 0) {
        values_.push_back(value);
        slot = {static_cast<uint32_t>(values_.size()), static_cast<uint32_t>(hash >> 32)};
        return slot.next_index - 1;
      }
      if (slot.tag == static_cast<uint32_t>(hash >> 32) && values_[slot.next_index - 1] == value) {
        return slot.next_index - 1;
      }
    }
  }

  const std::vector<Felt>& values() const { return values_; }

 private:
  struct Slot {
    uint32_t next_index = 0;  // index + 1, 0 if the slot is free
    uint32_t tag = 0;         // high half of the hash
  };
  static constexpr size_t kFirstSlots = 1 << 12;
  static constexpr size_t kAhead = 16;

  static uint64_t hash_of(const Felt& value) {
    const auto fold = [](uint64_t a, uint64_t b) {
      const unsigned __int128 x = static_cast<unsigned __int128>(a) * b;
      return static_cast<uint64_t>(x) ^ static_cast<uint64_t>(x >> 64);
    };
    const uint64_t low =
        fold(value.word[0] ^ 0x9e3779b97f4a7c15, value.word[1] ^ 0xbf58476d1ce4e5b9);
    const uint64_t high =
        fold(value.word[2] ^ 0x94d049bb133111eb, value.word[3] ^ 0xd6e8feb86659fd93);
    return fold(low ^ 0xa0761d6478bd642f, high ^ 0xe7037ed1a0b428db);
  }

  void grow() {
    const size_t count = 2 * slots_.size();
    slots_ = {};  // given back before more is taken
    slots_.resize(count);
    for (size_t place = 0; place < values_.size(); ++place) {
      if (place + kAhead < values_.size()) prefetch(values_[place + kAhead]);
      const uint64_t hash = hash_of(values_[place]);
      uint64_t i = hash & (slots_.size() - 1);
      while (slots_[i].next_index != 0) i = (i + 1) & (slots_.size() - 1);
      slots_[i] = {static_cast<uint32_t>(place + 1), static_cast<uint32_t>(hash >> 32)};
    }
  }

  std::vector<Felt> values_;
  std::vector<Slot> slots_;
};

/// The cell of a canonical value in [-2^28, 2^28); a hole for others.
constexpr Cell pack_immediate(const Felt& v) {
  constexpr uint64_t kTop = kCairoPrime.word[3];
  if ((v.word[1] | v.word[2] | v.word[3]) == 0 && v.word[0] < Cell::kBias) {
    return {static_cast<uint32_t>(v.word[0]) + Cell::kBias};
  }
  if (v.word[3] == kTop - 1 && (v.word[1] & v.word[2]) == ~uint64_t{0} &&
      v.word[0] > ~uint64_t{Cell::kBias} + 1) {
    return {static_cast<uint32_t>(v.word[0] - 1) +
            Cell::kBias};  // P + x is {x + 1, ~0, ~0, top - 1}
  }
  if (v == Felt{{0, 0, 0, kTop}}) return {Cell::kBias - 1};
  return {Cell::kHole};
}

class Interner {
 public:
  /// The cell of a canonical value: kappa 0 for [-2^28, 2^28), else a row of MID below 2^135, of
  /// BIG above.
  Cell pack(const Felt& v) {
    const Cell immediate = pack_immediate(v);
    if (!immediate.hole()) return immediate;
    if (v.word[3] == 0 && v.word[2] < (1 << 7)) return {Cell::kBig | Cell::kMid | mid_.add(v)};
    return {Cell::kBig | big_.add(v)};
  }

  /// Asks for the memory that pack(v) will most likely look at.
  void prefetch(const Felt& v) const {
    if (v.word[3] != 0) big_.prefetch(v);
  }

  const std::vector<Felt>& big() const { return big_.values(); }
  const std::vector<Felt>& mid() const { return mid_.values(); }

 private:
  ValueTable big_, mid_;
};

}  // namespace cairn
