// The exact checker behind `cairn check`: fills every row, evaluates every constraint, and balances
// every bus as a multiset in the clear, without a proof. It names what a proof could only refuse.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "air/image.hpp"
#include "air/part.hpp"
#include "air/statement.hpp"

namespace cairn {

struct CheckReport {
  uint64_t rows = 0;         // padded ones included
  uint64_t constraints = 0;  // evaluated
  uint64_t messages = 0;     // used or provided with a multiplicity other than 0
  uint64_t failure_count = 0;
  /// The first failures, one sentence each: chip, part, row, and the constraint or the message.
  std::vector<std::string> failures;

  bool ok() const { return failure_count == 0; }
};

struct CheckOptions {
  int threads = 1;
  std::size_t max_failures = 20;  // sentences, not the count
};

/// Parts that cover all rows of all chips once, as few as may be; for checking without a plan.
std::vector<Part> whole_parts(const Image& image);

/// Checks the parts (a plan's, all bundles together, or whole_parts) with counts of its own, and
/// the statement's public terms. About 60 bytes of memory a message.
CheckReport check_parts(const Image& image, const Statement& statement, std::span<const Part> parts,
                        const CheckOptions& options = {});

}  // namespace cairn
