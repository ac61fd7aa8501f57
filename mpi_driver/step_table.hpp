// Where a job's time went, step by step, as one account that adds up to the job's wall time.
//
// A worker's time is what its steps took (core/timer.hpp) and what it waited. While rank 0 loads,
// sets up, verifies and writes, all workers wait: these phases stand in the account under their own
// names, and "wait" is what is left.
#pragma once

#include <string>
#include <vector>

#include "mpi_driver/prove_job.hpp"

namespace cairn {

struct StepTime {
  std::string name;
  double seconds = 0;          // rank 0's, or the mean over workers
  double least = 0, most = 0;  // of one worker
  bool of_workers = false;
};

/// In the order of a job; the seconds add up to outcome.seconds.
std::vector<StepTime> step_times(const ProveOutcome& outcome);

/// The account as a table: seconds and share of the whole; of several workers also the extremes.
std::string step_table(const ProveOutcome& outcome);

}  // namespace cairn
