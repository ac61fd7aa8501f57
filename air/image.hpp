// What a job is about, laid out for the chips: the memory of the run and the states it passes
// through.
//
// An Image is pointers only, so that one copy per host (MPI shared window) or per device serves
// every rank and kernel. The segmenter makes it (segmenter/image_builder.hpp); chips read it in
// fill().
#pragma once

#include <cstdint>

#include "core/device.hpp"
#include "core/felt.hpp"

namespace cairn {

/// A memory word packed in 32 bits: bit 31 kappa, bit 30 "no cell here", bits 0..28 the payload
/// (design: cairo-air.md 2).
struct Cell {
  uint32_t bits;

  static constexpr uint32_t kBig = 1u << 31;
  static constexpr uint32_t kHole = 1u << 30;
  static constexpr uint32_t kPayload = (1u << 29) - 1;
  /// kappa = 0 holds value + kBias in its payload, for -kBias <= value < kBias.
  static constexpr int32_t kBias = 1 << 28;
  /// kappa = 1: payloads from here on are rows of MID, below of BIG.
  static constexpr uint32_t kMid = 1u << 28;

  HOST_DEVICE constexpr uint32_t kappa() const { return bits >> 31; }
  HOST_DEVICE constexpr uint32_t payload() const { return bits & kPayload; }
  HOST_DEVICE constexpr bool hole() const { return (bits & kHole) != 0; }
  HOST_DEVICE constexpr bool immediate() const { return (bits & (kBig | kHole)) == 0; }
  /// The value of an immediate.
  HOST_DEVICE constexpr int32_t value() const { return static_cast<int32_t>(payload()) - kBias; }
};

/// A machine state; the row of an opcode chip is a function of it and the memory.
struct State {
  uint32_t pc, ap, fp;
};

/// The builtins a program may list, in the order that Cairo fixes. Those that have no chip yet may
/// be listed, but not used.
enum class Builtin : uint8_t {
  kOutput,
  kPedersen,
  kRangeCheck,
  kEcdsa,
  kBitwise,
  kEcOp,
  kKeccak,
  kPoseidon,
  kRangeCheck96,
  kSegmentArena,
  kAddMod,
  kMulMod,
};
inline constexpr int kBuiltinCount = 12;

/// Addresses [begin, end).
struct AddressRange {
  uint32_t begin, end;
};

inline constexpr int kMaxChips = 64;

/// The integer below P that an immediate stands for: v, or P + v for a negative v.
HOST_DEVICE constexpr Felt felt_of(int32_t v) {
  if (v >= 0) return {{static_cast<uint64_t>(v), 0, 0, 0}};
  if (v == -1) return {{0, 0, 0, kCairoPrime.word[3]}};
  // P + v for v <= -2: borrow through the zero words of P.
  return {
      {static_cast<uint64_t>(int64_t{v} + 1), ~uint64_t{0}, ~uint64_t{0}, kCairoPrime.word[3] - 1}};
}

struct Image {
  /// cells[a] for 1 <= a < cell_end; cell_end <= 2^28, cell_end = 1 mod 4 is not required.
  const Cell* cells;
  uint32_t cell_end;
  /// Distinct values that are no immediates: below 2^135 in mid, the others in big. Never 0.
  const Felt* big;
  uint32_t big_count;
  const Felt* mid;
  uint32_t mid_count;
  /// Payloads of immediates that some chip wants as limbs, ascending.
  const uint32_t* immediates;
  uint32_t immediate_count;
  /// Distinct addresses of executed instructions, ascending.
  const uint32_t* instructions;
  uint32_t instruction_count;
  /// States by opcode chip: chip c has states[state_begin[c] .. state_begin[c + 1]), in the order
  /// of the run; c is the chip's number in CAIRN_CHIPS.
  const State* states;
  uint32_t state_begin[kMaxChips + 1];
  /// Used cells of each builtin; empty where a builtin is not listed or not used.
  AddressRange builtin[kBuiltinCount];
  /// What the rows that serve a builtin need and cannot compute by themselves, Chip::kWorkFelts for
  /// each instance; null where the opener's chip asks for none or the builtin is not used.
  const Felt* work[kBuiltinCount];

  HOST_DEVICE Cell cell(uint32_t address) const { return cells[address]; }

  /// The integer below 2^252 that a cell stands for: P + v for a negative immediate v.
  HOST_DEVICE Felt value(Cell cell) const {
    if (cell.kappa() != 0) {
      const uint32_t u = cell.payload();
      return u < Cell::kMid ? big[u] : mid[u - Cell::kMid];
    }
    return felt_of(cell.value());
  }
};

/// How often each provided message is used, summed over the whole job. One entry a provided
/// message; below p each.
///
/// The arrays lie one after another in this order. Those from `immediate` on are the `entries`:
/// few, and some of them used by every row.
struct Counts {
  uint32_t* memory;  // by address
  uint32_t* big[2];  // by row: uses on kValue9, on kValue27
  uint32_t* mid[2];
  uint32_t* immediate[2];    // by position in Image::immediates
  uint32_t* instruction;     // by position in Image::instructions
  uint32_t* pair9;           // by a + 2^9 b
  uint32_t* range;           // RANGE table of n bits at range + 2^n, 1 <= n <= kMaxRangeBits
  uint32_t* exclusive_or;    // XOR table of w bits at exclusive_or + 4^w, by a + 2^w b
  uint32_t* pedersen_point;  // by 512 step + digit
  uint32_t* poseidon_round;  // by step
  uint64_t entry_count;      // of all arrays from `immediate` on, which lie one after another

  HOST_DEVICE uint32_t* entries() const { return immediate[0]; }
  /// The same counts with other entries, of the same layout.
  HOST_DEVICE Counts with_entries(uint32_t* other) const {
    Counts result = *this;
    const uint32_t* const own = entries();
    const auto move = [=](uint32_t*& array) { array = other + (array - own); };
    move(result.immediate[0]);
    move(result.immediate[1]);
    move(result.instruction);
    move(result.pair9);
    move(result.range);
    move(result.exclusive_or);
    move(result.pedersen_point);
    move(result.poseidon_round);
    return result;
  }

  /// An entry, or 0 where there are no counts yet: rows are filled before the uses are counted,
  /// too.
  HOST_DEVICE static uint32_t read(const uint32_t* counter, uint32_t position) {
    return counter == nullptr ? 0 : counter[position];
  }
};
inline constexpr int kMaxRangeBits = 20;
inline constexpr int kMinXorWidth = 3;
inline constexpr int kMaxXorWidth = 9;
inline constexpr uint32_t kPedersenPoints = 1u << 15;
inline constexpr uint32_t kPoseidonRounds = 1u << 6;

}  // namespace cairn
