// Inputs to start from, made from real PIEs and proofs.
#pragma once

#include "tests/fuzz/targets/targets.hpp"

namespace cairn::fuzz {

/// Good inputs of the target of this name (targets.hpp); at most some 100 kB each.
std::vector<Bytes> corpus(const std::string& target);

}  // namespace cairn::fuzz
