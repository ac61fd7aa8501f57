// A whole job from PIE to verified proof file, on whatever ranks there are.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/comm.hpp"
#include "mpi_driver/bundle_engine.hpp"
#include "mpi_driver/options.hpp"
#include "mpi_driver/progress.hpp"
#include "mpi_driver/statement_facts.hpp"
#include "mpi_driver/usage.hpp"
#include "segmenter/job.hpp"

namespace cairn {

/// What there is to tell after a job.
struct ProveOutcome {
  int processes = 1;
  Hash hash = Hash::kBlake3;
  StatementFacts statement;
  RunFacts run;
  size_t segments = 0;
  uint64_t committed_cells = 0;
  uint64_t largest_bundle_cells = 0;
  uint64_t image_bytes = 0;
  uint64_t predicted_bytes = 0;  // of one worker, resident at its highest
  Digest digest{};
  double security_bits = 0;
  std::string tightest;  // the round that limits them
  uint64_t proof_bytes = 0;
  double seconds = 0;
  std::vector<PhaseTime> phases;      // wall time, on rank 0
  std::vector<WorkerReport> workers;  // by rank
  ResourceUsage coordinator;
};

/// Is told of a finished job, on rank 0.
using Tell = std::function<void(const ProveOutcome&)>;

/// Rank 0's part, from reading to writing. The other ranks of `comm` run workers meanwhile.
/// `processes` is for the report.
void coordinate_job(Comm& comm, const Options& options, Progress& progress, int processes,
                    const Tell& tell);

/// The part of a rank that proves.
void work_on_job(Comm& comm, const EngineOptions& options);

/// Both in this process, on two threads.
void prove_alone(const Options& options, Progress& progress, const Tell& tell);

/// What an exception means to whoever started the program.
Error as_error(const std::exception_ptr& exception);

/// "cairn: SENTENCE" on stderr, one line.
void print_error(const std::string& sentence);

}  // namespace cairn
