// What the verifier asks of a statement and of the records before it looks at any proof: shapes,
// ranges, and that no bus can be used so often that counts wrap.
#pragma once

#include <string>

#include "stark/protocol/record.hpp"
#include "stark/verifier/refusal.hpp"

namespace cairn {

/// A refusal and what it is about.
struct Finding {
  Refusal refusal = Refusal::kNone;
  std::string detail;
};

/// The statement by itself: canonical words, builtin list, addresses, output, hints (audit R1).
Finding check_statement(const Statement& statement);

/// One record by itself: known chips, allowed heights and ranges. A proof may be decoded against a
/// record only after this.
Finding check_record(const SegmentRecord& record);

/// All records together with the statement: range kinds cover their space once, as integers (R2);
/// builtin parts go by address from begin to stop, and stop = begin where there is no chip (R3,
/// R6); every bus is used less than p times (R4).
Finding check_coverage(const Statement& statement, const std::vector<SegmentRecord>& records);

}  // namespace cairn
