// The program `cairn`. The one place where errors end.
#include <malloc.h>

#include "aggregator/isolated.hpp"
#include "core/error.hpp"
#include "mpi_driver/commands.hpp"
#include "mpi_driver/prove_job.hpp"

namespace {

int run(const cairn::Options& options, int argc, char** argv) {
  switch (options.command) {
    case cairn::Command::kInspect:
      return cairn::inspect_command(options);
    case cairn::Command::kCheck:
      return cairn::check_command(options);
    case cairn::Command::kProve:
      return cairn::prove_command(options, argc, argv);
    case cairn::Command::kVerify:
      return cairn::verify_command(options);
    case cairn::Command::kGc:
      return cairn::gc_command(options);
    case cairn::Command::kBench:
      return cairn::bench_command(argv);
    case cairn::Command::kDoctor:
      return cairn::doctor_command(options);
    case cairn::Command::kVersion:
      return cairn::version_command(options);
  }
  return static_cast<int>(cairn::Code::kBug);
}

}  // namespace

int main(int argc, char** argv) {
  cairn::run_isolated_task(argc, argv);
  // Large blocks go back to the system when they are freed: what reading a PIE took is not held
  // while proving. The prover's own memory comes from an arena.
  mallopt(M_MMAP_THRESHOLD, 1 << 20);
  try {
    cairn::Options options;
    int exit_code = 0;
    if (!cairn::parse_options(argc, argv, options, exit_code)) return exit_code;
    return run(options, argc, argv);
  } catch (...) {
    const cairn::Error error = cairn::as_error(std::current_exception());
    cairn::print_error(error.what());
    return static_cast<int>(error.code());
  }
}
