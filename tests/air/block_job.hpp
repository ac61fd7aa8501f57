// Instances of the builtins whose steps stand in blocks (air/chips/block_rows.hpp), opened and
// computed.
#pragma once

#include <vector>

#include "air/chips/ec_op_step.hpp"
#include "air/chips/pedersen_points.hpp"
#include "air/chips/pedersen_step.hpp"
#include "tests/air/builtin_trace.hpp"
#include "tests/support/ec_op_instances.hpp"
#include "tests/support/pedersen_instances.hpp"

namespace cairn {

struct PedersenBlocks {
  using Opener = Pedersen;
  using Step = PedersenStep;
  static constexpr size_t kFirstResult = 2;  // of an instance's cells
  static std::vector<Felt> known() { return pedersen_instances(); }
  static bool in_table(const ClearMessage& m) {
    if (m.bus != Bus::kPedersenPoint || m.length != kShape<PedersenPoints>.fixed) return false;
    const uint32_t row = m.coordinate[0].canonical() * 512 + m.coordinate[1].canonical();
    if (m.coordinate[1].canonical() >= 512 || row >= kPedersenPoints) return false;
    for (int i = 0; i < m.length; ++i) {
      if (!(PedersenPoints::fixed(i, row, PedersenPoints::kLogHeight) == m.coordinate[i])) {
        return false;
      }
    }
    return true;
  }
};

struct EcOpBlocks {
  using Opener = EcOp;
  using Step = EcOpStep;
  static constexpr size_t kFirstResult = 5;
  static std::vector<Felt> known() { return ec_op_instances(); }
  static bool in_table(const ClearMessage&) { return false; }
};

template <class Blocks>
struct BlockJob {
  using Opener = Trace<typename Blocks::Opener>;
  using Steps = Trace<typename Blocks::Step>;
  static constexpr size_t kCells = Blocks::Opener::kCellsPerRow;
  static constexpr uint32_t kRows = Blocks::Step::kRowsPerCall;

  explicit BlockJob(const std::vector<Felt>& values)
      : memory(values),
        opener(opener_of(0, memory.instances())),
        steps(steps_of(0, memory.instances())) {}

  /// The cells of the first known instances.
  static std::vector<Felt> first_known(size_t instances) {
    std::vector<Felt> values = Blocks::known();
    values.resize(kCells * instances);
    return values;
  }
  static bool in_table(const ClearMessage& m) { return Blocks::in_table(m); }

  Opener opener_of(uint32_t first, uint32_t instances) const {
    return fill_trace<typename Blocks::Opener>(memory.image, first, instances);
  }
  Steps steps_of(uint32_t first, uint32_t instances) const {
    return fill_trace<typename Blocks::Step>(memory.image, first, instances);
  }

  RowsOutcome outcome() const { return outcome(opener, steps); }
  RowsOutcome outcome(const Opener& some_opener, const Steps& some_steps) const {
    RowsOutcome outcome;
    OutcomeSink sink(memory.image, outcome);
    sink.in_table = in_table;
    some_opener.evaluate(sink);
    some_steps.evaluate(sink);
    return outcome;
  }

  BuiltinImage<typename Blocks::Opener> memory;
  Opener opener;
  Steps steps;
};

}  // namespace cairn
