// A program that runs every chip, in each form of its operands: fp and ap, negative offsets and
// values, all three kinds of cells, carries in both directions.
#pragma once

#include "tests/air/small_run.hpp"

namespace cairn {

/// The run is done; the statement's output is [7, 2^100, P - 2^200].
SmallRun every_opcode();

}  // namespace cairn
