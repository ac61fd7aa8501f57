#include "segmenter/builtin_memory.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "core/curve.hpp"
#include "core/error.hpp"
#include "core/keccak.hpp"
#include "core/parallel.hpp"
#include "core/pedersen.hpp"
#include "core/poseidon252.hpp"
#include "segmenter/builtin_names.hpp"
#include "segmenter/felt_text.hpp"
#include "segmenter/mod_memory.hpp"

namespace cairn {
namespace {

constexpr int kMaxCells = 16;

/// The builtins that compute the last cells of an instance from the first ones.
struct NativeBuiltin {
  Builtin builtin;
  uint32_t inputs, outputs;
  const char* demand;  // what inputs must be
  /// False where the builtin is not defined for these inputs.
  bool (*compute)(const Felt* in, Felt* out);
};

bool range_check(const Felt* in, Felt*) { return (in[0].word[2] | in[0].word[3]) == 0; }
bool range_check96(const Felt* in, Felt* out) {
  return range_check(in, out) && in[0].word[1] >> 32 == 0;
}
bool poseidon(const Felt* in, Felt* out) {
  Felt state[] = {in[0], in[1], in[2]};
  poseidon252(state);
  std::copy(state, state + 3, out);
  return true;
}
bool pedersen_hash(const Felt* in, Felt* out) {
  out[0] = pedersen(in[0], in[1]);
  return true;
}
bool bitwise(const Felt* in, Felt* out) {
  out[0] = in[0] & in[1];
  out[1] = in[0] ^ in[1];
  out[2] = in[0] | in[1];
  return out[2].word[3] >> 59 == 0;
}

constexpr NativeBuiltin kNativeBuiltins[] = {
    {Builtin::kRangeCheck, 1, 0, "below 2^128", range_check},
    {Builtin::kRangeCheck96, 1, 0, "below 2^96", range_check96},
    {Builtin::kPedersen, 2, 1, "below the prime", pedersen_hash},
    {Builtin::kBitwise, 2, 3, "both below 2^251", bitwise},
    {Builtin::kEcOp, 5, 2, "points of the curve whose sums stay clear of each other", ec_op},
    {Builtin::kKeccak, 8, 8, "all below 2^200", keccak_builtin},
    {Builtin::kPoseidon, 3, 3, "", poseidon},
};

class Completion {
 public:
  Completion(const NativeBuiltin& native, const Relocation& relocation, RunMemory& memory,
             AddressRange range)
      : native_(native), relocation_(relocation), memory_(memory), range_(range) {}

  void run() {
    const uint32_t cells = native_.inputs + native_.outputs;
    if ((range_.end - range_.begin) % cells != 0) {
      refuse(range_.end - 1, fmt::format("is not the last of an instance of {} cells", cells));
    }
    // Computed in parallel, block by block; values are interned in order.
    constexpr uint32_t kBlock = 1 << 12;
    std::vector<std::array<Felt, kMaxCells>> outputs;
    for (uint32_t begin = range_.begin; begin < range_.end; begin += kBlock * cells) {
      const uint32_t count = std::min(kBlock, (range_.end - begin) / cells);
      outputs.resize(count);
      run_parallel((count + 63) / 64, 0, [&](size_t block) {
        for (size_t i = block * 64; i < std::min<size_t>(count, block * 64 + 64); ++i) {
          compute(begin + static_cast<uint32_t>(i) * cells, outputs[i].data());
        }
      });
      for (uint32_t i = 0; i < count; ++i) {
        for (uint32_t j = 0; j < native_.outputs; ++j) {
          settle(begin + i * cells + native_.inputs + j, outputs[i][j]);
        }
      }
    }
  }

 private:
  void compute(uint32_t address, Felt* out) const {
    Felt in[kMaxCells];
    for (uint32_t i = 0; i < native_.inputs; ++i) {
      const Cell cell = memory_.cells[address + i];
      if (cell.hole()) refuse(address + i, "is missing");
      in[i] = memory_.value(cell);
    }
    if (native_.compute(in, out)) return;
    std::string values;
    for (uint32_t i = 0; i < native_.inputs; ++i) {
      values += fmt::format("{}{}", i == 0 ? "" : ", ", to_text(in[i]));
    }
    refuse(address, fmt::format("is {}, not {}", values, native_.demand));
  }

  void settle(uint32_t address, const Felt& value) {
    Cell& cell = memory_.cells[address];
    if (cell.hole()) {
      cell = memory_.values.pack(value);
    } else if (memory_.value(cell) != value) {
      refuse(address, fmt::format("is {}, the builtin gives {}", to_text(memory_.value(cell)),
                                  to_text(value)));
    }
  }

  [[noreturn]] void refuse(uint32_t address, const std::string& complaint) const {
    throw Error(Code::kBadInput,
                fmt::format("builtin {}: cell {} {}", builtin_name(native_.builtin),
                            relocation_.name(address), complaint));
  }

  const NativeBuiltin& native_;
  const Relocation& relocation_;
  RunMemory& memory_;
  AddressRange range_;
};

}  // namespace

void complete_builtins(const Pie& pie, const Relocation& relocation, RunMemory& memory,
                       std::vector<uint32_t>& immediates) {
  const auto segment_range = [&](Builtin builtin) -> AddressRange {
    const auto& segment = pie.builtin_segments[static_cast<int>(builtin)];
    if (!segment || segment->size == 0) return {};
    const uint32_t begin = relocation.base(*segment);
    return {begin, begin + segment->size};
  };
  for (const NativeBuiltin& native : kNativeBuiltins) {
    const AddressRange range = segment_range(native.builtin);
    if (range.begin == range.end) continue;
    Completion(native, relocation, memory, range).run();
    for (uint32_t address = range.begin; address < range.end; ++address) {
      const Cell cell = memory.cells[address];
      if (cell.immediate()) immediates.push_back(cell.payload());
    }
  }
  // Last, since their numbers may lie anywhere, in what was filled in as well.
  for (const Builtin builtin : {Builtin::kAddMod, Builtin::kMulMod}) {
    const AddressRange range = segment_range(builtin);
    if (range.begin == range.end) continue;
    check_mod_builtin(builtin, relocation, memory, range, immediates);
  }
}

}  // namespace cairn
