// Why a proof is refused: one reason a check, each provoked by a test.
//
// X(Name, sentence)
#pragma once

#include <cstdint>
#include <string_view>

#define CAIRN_REFUSALS(X)                                                                \
  X(Encoding, "the bytes are no proof in canonical form")                                \
  X(StatementProgram, "a program word is not below the Cairo prime, or main is outside") \
  X(StatementBuiltins, "the builtin list is not a subsequence of Cairo's order")         \
  X(StatementAddresses, "an address of the statement is outside [1, 2^28)")              \
  X(StatementOutput, "the output is not what its segment and layout say")                \
  X(StatementHints, "there is not one memory hint for each public word")                 \
  X(BuiltinUsed, "a builtin without a chip has a stop pointer that is not its begin")    \
  X(BuiltinRange, "the parts of a builtin do not cover its segment from begin to stop")  \
  X(SegmentCount, "there is no segment, or not one proof for each record")               \
  X(UnknownChip, "a part names a chip that does not exist")                              \
  X(PartHeight, "a part's height is not allowed for its chip")                           \
  X(PartRange, "a part's range is not what its chip and height allow")                   \
  X(RangeGap, "the parts of a range chip do not cover [0, end) in order")                \
  X(RangeEnd, "a range chip ends beyond its address space")                              \
  X(BusOverflow, "a bus is used p times or more, so that counts could wrap")             \
  X(RowOverflow, "there are 2^29 or more opcode rows")                                   \
  X(BusSum, "what the parts and the statement say on the buses does not cancel")         \
  X(Constraints, "constraints do not hold at the out-of-domain point")                   \
  X(QueryWork, "the proof of work before the queries is missing")                        \
  X(MainOpening, "opened main rows do not belong to their root")                         \
  X(HelperOpening, "opened helper rows do not belong to their root")                     \
  X(QuotientOpening, "opened quotient rows do not belong to their root")                 \
  X(FoldOpening, "opened rows of a fold layer do not belong to their root")              \
  X(FirstLayer, "the first fold layer is not the quotient of the openings")              \
  X(FoldStep, "a fold layer does not follow from the one before")                        \
  X(LastPolynomial, "the last layer is not the polynomial sent")                         \
  X(Security, "the shapes give less proven bits than asked for")

namespace cairn {

enum class Refusal : uint8_t {
  kNone,
#define CAIRN_ENTRY(Name, sentence) k##Name,
  CAIRN_REFUSALS(CAIRN_ENTRY)
#undef CAIRN_ENTRY
};

/// The reason's name as it stands above: "BusSum".
std::string_view refusal_name(Refusal refusal);
std::string_view refusal_sentence(Refusal refusal);

}  // namespace cairn
