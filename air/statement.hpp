// What a proof is about, in the clear: the program, its output, and where they lie in memory.
//
// "There is a memory and a run of this program from `main` with this builtin list, fresh builtin
// segments and an empty stack, that returns, and whose output segment holds this output." (design:
// cairo-air.md 13)
#pragma once

#include <cstdint>
#include <vector>

#include "air/image.hpp"
#include "core/felt.hpp"

namespace cairn {

/// A builtin that the program lists: the addresses on its initial and final stack. A simulated
/// builtin (listed, but without a segment) has begin = stop = 0.
struct ListedBuiltin {
  Builtin builtin;
  uint32_t begin, stop;
};

/// How the output is cut for the fact that settlement registers: GPS's page sizes and fact
/// topology.
struct OutputLayout {
  std::vector<uint32_t> page_sizes;  // sum to the output's length
  std::vector<uint32_t> topology;    // pairs (pages, nodes), as in gps_fact_topology
};

struct Statement {
  std::vector<Felt> program;            // words, each below the Cairo prime
  uint32_t main;                        // offset of the first instruction, <= program.size()
  std::vector<ListedBuiltin> builtins;  // in the program's order
  uint32_t program_base;                // address of the first word
  uint32_t execution_base;              // address of the first cell of the stack
  uint32_t final_ap;                    // address after the last cell of the stack
  std::vector<Felt> output;
  OutputLayout output_layout;
  /// How the prover's memory holds these words; a hint, checked through the value bus.
  std::vector<Cell> program_cells;
  std::vector<Cell> output_cells;
};

}  // namespace cairn
