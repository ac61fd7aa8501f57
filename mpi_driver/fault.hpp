// Faults on demand, for tests: CAIRN_FAULT=RANK:PHASE[:KIND][,...] makes that rank, when it comes
// to that phase,
//
//   (no kind)   throw Error(kOutOfResource)
//   kill        die without a word
//   hang        never come back
//   stop        get SIGUSR1
//   slow        take 20 times as long, each time
//   wrong       give a wrong proof, each time
#pragma once

#include <string_view>

namespace cairn {

/// Phases of a worker: setup, count, sum (come to the collective), commit, prove its first segment,
/// prove_more (each other), merge, report, end; of rank 0: load, setup, and count, commit, prove
/// after the first result of each, verify, write.
void fault_point(int rank, std::string_view phase);

/// Is a fault of this kind asked for, that the caller must bring about itself?
bool fault_is(int rank, std::string_view phase, std::string_view kind);

/// Sleeps 19 times as long as it took, if `slow` is asked for.
void slow_down(int rank, std::string_view phase, double seconds);

}  // namespace cairn
