// The chips, in the order of the proof format: new ones go last.
//
// X(file, Type): air/chips/<file>.hpp defines struct Type. CMake reads this list too and compiles
// each chip's kernels by themselves (kernels/CMakeLists.txt).
#pragma once

#include <cstdint>
#include <cstdlib>
#include <utility>

#include "air/chips/add_ap.hpp"
#include "air/chips/add_big.hpp"
#include "air/chips/add_mod.hpp"
#include "air/chips/add_small.hpp"
#include "air/chips/aeq.hpp"
#include "air/chips/aeq_double_deref.hpp"
#include "air/chips/aeq_immediate.hpp"
#include "air/chips/big_values.hpp"
#include "air/chips/bitwise.hpp"
#include "air/chips/blake2s.hpp"
#include "air/chips/blake2s_rounds.hpp"
#include "air/chips/call_absolute.hpp"
#include "air/chips/call_relative.hpp"
#include "air/chips/ec_op.hpp"
#include "air/chips/ec_op_step.hpp"
#include "air/chips/generic.hpp"
#include "air/chips/immediate_values.hpp"
#include "air/chips/instruction_table.hpp"
#include "air/chips/jnz_not_taken.hpp"
#include "air/chips/jnz_taken.hpp"
#include "air/chips/jump_absolute.hpp"
#include "air/chips/jump_absolute_double_deref.hpp"
#include "air/chips/jump_relative.hpp"
#include "air/chips/jump_relative_immediate.hpp"
#include "air/chips/keccak.hpp"
#include "air/chips/keccak_rounds.hpp"
#include "air/chips/memory.hpp"
#include "air/chips/mid_values.hpp"
#include "air/chips/mul_big.hpp"
#include "air/chips/mul_mod.hpp"
#include "air/chips/mul_small.hpp"
#include "air/chips/pair9_table.hpp"
#include "air/chips/pedersen.hpp"
#include "air/chips/pedersen_points.hpp"
#include "air/chips/pedersen_step.hpp"
#include "air/chips/poseidon.hpp"
#include "air/chips/poseidon_full.hpp"
#include "air/chips/poseidon_partial.hpp"
#include "air/chips/poseidon_rounds.hpp"
#include "air/chips/range_check128.hpp"
#include "air/chips/range_check96.hpp"
#include "air/chips/range_table.hpp"
#include "air/chips/return.hpp"
#include "air/chips/xor_table.hpp"
#include "air/shape.hpp"

#define CAIRN_CHIPS(X)                                   \
  X(aeq, Aeq)                                            \
  X(aeq_immediate, AeqImmediate)                         \
  X(aeq_double_deref, AeqDoubleDeref)                    \
  X(add_small, AddSmall)                                 \
  X(add_big, AddBig)                                     \
  X(mul_small, MulSmall)                                 \
  X(mul_big, MulBig)                                     \
  X(jnz_not_taken, JnzNotTaken)                          \
  X(jnz_taken, JnzTaken)                                 \
  X(call_relative, CallRelative)                         \
  X(call_absolute, CallAbsolute)                         \
  X(return, Return)                                      \
  X(jump_relative_immediate, JumpRelativeImmediate)      \
  X(jump_relative, JumpRelative)                         \
  X(jump_absolute, JumpAbsolute)                         \
  X(jump_absolute_double_deref, JumpAbsoluteDoubleDeref) \
  X(add_ap, AddAp)                                       \
  X(range_check128, RangeCheck128)                       \
  X(instruction_table, InstructionTable)                 \
  X(memory, Memory)                                      \
  X(big_values, BigValues)                               \
  X(mid_values, MidValues)                               \
  X(immediate_values, ImmediateValues)                   \
  X(range_table, RangeTable)                             \
  X(pair9_table, Pair9Table)                             \
  X(xor_table, XorTable)                                 \
  X(pedersen, Pedersen)                                  \
  X(pedersen_step, PedersenStep)                         \
  X(pedersen_points, PedersenPoints)                     \
  X(bitwise, Bitwise)                                    \
  X(range_check96, RangeCheck96)                         \
  X(add_mod, AddMod)                                     \
  X(mul_mod, MulMod)                                     \
  X(blake2s, Blake2s)                                    \
  X(blake2s_rounds, Blake2sRounds)                       \
  X(ec_op, EcOp)                                         \
  X(ec_op_step, EcOpStep)                                \
  X(keccak, Keccak)                                      \
  X(keccak_rounds, KeccakRounds)                         \
  X(poseidon, Poseidon)                                  \
  X(poseidon_full, PoseidonFull)                         \
  X(poseidon_partial, PoseidonPartial)                   \
  X(poseidon_rounds, PoseidonRounds)                     \
  X(generic, Generic)

namespace cairn {

/// A chip's number: its place in the list above, and in every proof.
enum class ChipId : uint32_t {
#define CAIRN_ENTRY(file, Type) k##Type,
  CAIRN_CHIPS(CAIRN_ENTRY)
#undef CAIRN_ENTRY
};

inline constexpr uint32_t kChipCount = 0
#define CAIRN_ENTRY(file, Type) +1
    CAIRN_CHIPS(CAIRN_ENTRY)
#undef CAIRN_ENTRY
    ;

template <class Chip>
inline constexpr ChipId kChipId{};
#define CAIRN_ENTRY(file, Type) \
  template <>                   \
  inline constexpr ChipId kChipId<Type> = ChipId::k##Type;
CAIRN_CHIPS(CAIRN_ENTRY)
#undef CAIRN_ENTRY

static_assert(kChipCount <= kMaxChips);
static_assert(kBlake2sChip == static_cast<uint32_t>(ChipId::kBlake2s));
#define CAIRN_ENTRY(file, Type)                                                        \
  static_assert(kShape<Type>.degree <= 3, #Type ": the quotient has two chunks");      \
  static_assert(kShape<Type>.message <= kMaxMessage, #Type ": a message is too long"); \
  static_assert(kShape<Type>.columns == sizeof(Type::Columns<Degree>) / sizeof(Degree));
CAIRN_CHIPS(CAIRN_ENTRY)
#undef CAIRN_ENTRY

/// Calls f.template operator()<Chip>() for each chip, in order.
template <class F>
void for_each_chip(F&& f) {
#define CAIRN_ENTRY(file, Type) f.template operator()<Type>();
  CAIRN_CHIPS(CAIRN_ENTRY)
#undef CAIRN_ENTRY
}

/// Calls f.template operator()<Chip>() for the chip of that number (below kChipCount) and gives its
/// result.
template <class F>
auto with_chip(uint32_t chip, F&& f) {
  switch (static_cast<ChipId>(chip)) {
#define CAIRN_ENTRY(file, Type) \
  case ChipId::k##Type:         \
    return f.template operator()<Type>();
    CAIRN_CHIPS(CAIRN_ENTRY)
#undef CAIRN_ENTRY
  }
  std::abort();
}

}  // namespace cairn
