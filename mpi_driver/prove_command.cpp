#include "mpi_driver/prove_command.hpp"

#include <iostream>

#include <fmt/format.h>

#include "core/log.hpp"
#include "mpi_driver/commands.hpp"
#include "mpi_driver/device_choice.hpp"
#include "mpi_driver/device_sum.hpp"
#include "mpi_driver/memory_plan.hpp"
#include "mpi_driver/mpi_comm.hpp"
#include "mpi_driver/report.hpp"
#include "mpi_driver/stop.hpp"

namespace cairn {
namespace {

EngineOptions engine_of(const Options& options, const Placement& placement, int device) {
  EngineOptions engine;
  engine.backend = options.backend;
  engine.resources.threads = options.threads != 0 ? options.threads : placement.threads;
  engine.memory = memory_allowance(options, placement.workers);
  engine.resources.device = device;
  engine.host = placement.host;
  return engine;
}

/// One job of one rank of a launcher's group.
void prove_as_rank(MpiComm& comm, const Options& options, int device,
                   const std::function<void(const ProveOutcome&)>& tell) {
  Progress progress(Progress::style_of_stderr());
  if (comm.size() == 1) {
    prove_alone(options, progress, tell);
  } else if (comm.rank() == 0) {
    coordinate_job(comm, options, progress, comm.size(), tell);
  } else {
    SumRules rules = SumRules::from_environment();
    rules.devices = rules.devices && !options.gpus_shared;  // each has one of its own
    DeviceSum sum(comm, nccl_groups(), rules);
    EngineOptions engine = engine_of(options, comm.placement(), device);
    engine.device_sum = &sum;
    work_on_job(comm, engine);
  }
}

}  // namespace

void prove_on_ranks(const Options& options, int& argc, char**& argv, unsigned repeat,
                    const std::function<void(const ProveOutcome&)>& tell) {
  catch_stop_signals();
  if (!started_by_launcher()) {
    for (unsigned i = 0; i < repeat; ++i) {
      Progress progress(Progress::style_of_stderr());
      prove_alone(options, progress, tell);
    }
    return;
  }
  MpiComm comm(argc, argv);
  set_log_rank(comm.rank());
  try {
    const int device = choose_device(comm, options).value();
    for (unsigned i = 0; i < repeat; ++i) prove_as_rank(comm, options, device, tell);
  } catch (...) {
    // Within the life of `comm`: its end would wait for the other ranks.
    const Error error = as_error(std::current_exception());
    const bool first = comm.rank() == 0;
    print_error(first ? error.what() : fmt::format("rank {}: {}", comm.rank(), error.what()));
    std::cout.flush();
    comm.abort(error);
  }
}

int prove_command(const Options& options, int& argc, char**& argv) {
  prove_on_ranks(options, argc, argv, 1, [&](const ProveOutcome& outcome) {
    std::cout << summary(outcome, options) << std::flush;
  });
  return 0;
}

}  // namespace cairn
