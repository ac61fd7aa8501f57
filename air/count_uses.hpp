// Counts how often a job uses each message that a table provides: the multiplicities of MEM, BIG,
// MID, IMM, INSTR and the fixed tables.
//
// A sink for RowEvaluator: run over every row of every chip (fill() gives the same uses with or
// without counts) and, by count_public_uses (air/public_terms.hpp), over what the verifier itself
// uses.
#pragma once

#include "air/image.hpp"
#include "air/row_evaluator.hpp"

namespace cairn {

/// Position of `key` in an ascending list, or `count` if it is not there.
HOST_DEVICE uint32_t find_ascending(const uint32_t* list, uint32_t count, uint32_t key) {
  uint32_t low = 0;
  for (uint32_t size = count; size > 0;) {
    const uint32_t half = size / 2;
    if (list[low + half] < key) {
      low += half + 1;
      size -= half + 1;
    } else {
      size = half;
    }
  }
  return low < count && list[low] == key ? low : count;
}

/// How counters grow where one thread counts.
struct PlainAdd {
  static void add_cell(uint32_t& counter) { ++counter; }
  static void add_entry(uint32_t& counter) { ++counter; }
};

/// `Add` is how counters grow: add_cell() those of memory cells and their values, add_entry() those
/// of the other tables (Counts::entries), of which each thread may have its own.
template <class Add>
class UseCounter {
 public:
  HOST_DEVICE UseCounter(const Image& image, const Counts& counts)
      : image_(image), counts_(counts) {}

  HOST_DEVICE void constraint(int, const char*, KoalaBear) {}

  HOST_DEVICE void message(int sign, KoalaBear multiplicity, const ClearMessage& m) {
    if (sign < 0 || multiplicity == KoalaBear(0)) return;
    if (is_direct(m.bus)) return;
    uint32_t* counter = multiplicity == KoalaBear(1) ? find(m) : nullptr;
    if (counter == nullptr) {
      unprovided_ = true;
    } else if (m.bus == Bus::kMemory || (is_value(m.bus) && at(m, 0) != 0)) {
      Add::add_cell(*counter);
    } else {
      Add::add_entry(*counter);
    }
  }

  /// Whether some use had no table entry to count it: a bug in fill(), the plan or the image.
  HOST_DEVICE bool unprovided() const { return unprovided_; }

 private:
  HOST_DEVICE static bool is_value(Bus bus) { return bus == Bus::kValue9 || bus == Bus::kValue27; }
  HOST_DEVICE uint32_t* find(const ClearMessage& m) const {
    switch (m.bus) {
      case Bus::kMemory:
        return find_memory(at(m, 0), at(m, 1), at(m, 2));
      case Bus::kValue9:
        return find_value(0, at(m, 0), at(m, 1));
      case Bus::kValue27:
        return find_value(1, at(m, 0), at(m, 1));
      case Bus::kInstruction: {
        const uint32_t i = find_ascending(image_.instructions, image_.instruction_count, at(m, 0));
        return i < image_.instruction_count ? counts_.instruction + i : nullptr;
      }
      case Bus::kRange: {
        const uint32_t width = at(m, 0);
        const uint32_t value = at(m, 1);
        if (width > kMaxRangeBits || value >> width != 0) return nullptr;
        return counts_.range + (uint32_t{1} << width) + value;
      }
      case Bus::kPair9:
        if (at(m, 0) >= 512 || at(m, 1) >= 512) return nullptr;
        return counts_.pair9 + at(m, 0) + 512 * at(m, 1);
      case Bus::kXor: {
        const uint32_t width = at(m, 0), a = at(m, 1), b = at(m, 2);
        if (width < kMinXorWidth || width > kMaxXorWidth || (a | b) >> width != 0) return nullptr;
        if (at(m, 3) != (a ^ b)) return nullptr;
        return counts_.exclusive_or + (uint32_t{1} << 2 * width) + a + (b << width);
      }
      case Bus::kPedersenPoint: {
        const uint32_t position = 512 * at(m, 0) + at(m, 1);
        return at(m, 1) < 512 && at(m, 0) < kPedersenPoints / 512
                   ? counts_.pedersen_point + position
                   : nullptr;
      }
      case Bus::kPoseidonRound:
        return at(m, 0) < kPoseidonRounds ? counts_.poseidon_round + at(m, 0) : nullptr;
      default:
        return nullptr;
    }
  }
  HOST_DEVICE uint32_t* find_memory(uint32_t address, uint32_t kappa, uint32_t payload) const {
    if (address == 0 || address >= image_.cell_end) return nullptr;
    const Cell cell = image_.cell(address);
    if (cell.hole() || cell.kappa() != kappa || cell.payload() != payload) return nullptr;
    return counts_.memory + address;
  }
  HOST_DEVICE uint32_t* find_value(int bus, uint32_t kappa, uint32_t payload) const {
    if (kappa == 0) {
      const uint32_t i = find_ascending(image_.immediates, image_.immediate_count, payload);
      return i < image_.immediate_count ? counts_.immediate[bus] + i : nullptr;
    }
    if (payload < Cell::kMid) {
      return payload < image_.big_count ? counts_.big[bus] + payload : nullptr;
    }
    const uint32_t row = payload - Cell::kMid;
    return row < image_.mid_count ? counts_.mid[bus] + row : nullptr;
  }
  HOST_DEVICE static uint32_t at(const ClearMessage& m, int i) {
    return m.coordinate[i].canonical();
  }

  const Image& image_;
  const Counts& counts_;
  bool unprovided_ = false;
};

}  // namespace cairn
