#include <iostream>

#include <fmt/format.h>

#include "mpi_driver/commands.hpp"
#include "mpi_driver/mpi_comm.hpp"
#include "mpi_driver/prove_job.hpp"
#include "mpi_driver/report.hpp"

namespace cairn {
namespace {

EngineOptions engine_of(const Options& options, const Placement& placement) {
  EngineOptions engine;
  engine.backend = options.backend;
  engine.resources.threads = options.threads != 0 ? options.threads : placement.threads;
  engine.resources.device = placement.worker_on_host;
  engine.host = placement.host;
  return engine;
}

/// One rank of a group that a launcher started.
void prove_as_rank(MpiComm& comm, const Options& options) {
  try {
    Progress progress(Progress::style_of_stderr());
    if (comm.size() == 1) {
      std::cout << summary(prove_alone(options, progress), options);
    } else if (comm.rank() == 0) {
      std::cout << summary(coordinate_job(comm, options, progress, comm.size()), options);
    } else {
      work_on_job(comm, engine_of(options, comm.placement()));
    }
  } catch (...) {
    // Within the life of `comm`: its end would wait for the other ranks.
    const Error error = as_error(std::current_exception());
    print_error(comm.rank() == 0 ? error.what()
                                 : fmt::format("rank {}: {}", comm.rank(), error.what()));
    std::cout.flush();
    comm.abort(error);
  }
}

}  // namespace

int prove_command(const Options& options, int& argc, char**& argv) {
  if (started_by_launcher()) {
    MpiComm comm(argc, argv);
    prove_as_rank(comm, options);
  } else {
    Progress progress(Progress::style_of_stderr());
    std::cout << summary(prove_alone(options, progress), options);
  }
  return 0;
}

}  // namespace cairn
