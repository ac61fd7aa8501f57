// The program cairn-bench, which `cairn bench` becomes.
#include <iostream>

#include <CLI/CLI.hpp>

#include "bench/bench.hpp"
#include "kernels/cpu_target.hpp"
#include "mpi_driver/commands.hpp"
#include "mpi_driver/mpi_comm.hpp"
#include "mpi_driver/prove_job.hpp"

namespace {

using cairn::bench::CompareOptions;
using cairn::bench::KernelOptions;
using cairn::bench::SweepOptions;

void add_kernels(CLI::App& app, KernelOptions& options, bool& json) {
  CLI::App* kernels = app.add_subcommand("kernels", "time and check every kernel");
  kernels
      ->add_option("--backend", options.backends,
                   "scalar, avx2, avx512, cuda; several with commas (default: all there are)")
      ->check(CLI::IsMember({"scalar", "avx2", "avx512", "cuda"}))
      ->delimiter(',');
  kernels
      ->add_option("--log-heights", options.log_heights,
                   "rows of the matrix, powers of two; several with commas")
      ->check(CLI::Range(10, 22))
      ->delimiter(',')
      ->capture_default_str();
  kernels->add_option("--columns", options.columns, "of the matrix")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  kernels->add_option("--only", options.only, "kernels with this in their name");
  kernels->add_option("--pie", options.pie, "a Cairo PIE whose rows are filled and counted");
  kernels->add_option("--seconds", options.seconds, "for the repetitions of one kernel")
      ->check(CLI::Range(0.0, 3600.0))
      ->capture_default_str();
  kernels->add_option("--repeat", options.repeat, "at most so many repetitions")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  kernels->add_option("--threads", options.threads, "threads (default: all cores)")
      ->check(CLI::Range(1, 4096));
  kernels->add_flag("--json", json, "print JSON");
}

void add_proving(CLI::App* command, std::string& hash, std::string& backend, uint64_t& memory) {
  command->add_option("--hash", hash, "blake3 or poseidon")
      ->check(CLI::IsMember({"blake3", "poseidon"}));
  command->add_option("--backend", backend, "auto, cpu or cuda")
      ->check(CLI::IsMember({"auto", "cpu", "cuda"}));
  command->add_option_function<std::string>(
      "--memory", [&memory](const std::string& text) { memory = cairn::parse_bytes(text); },
      "cap on what one rank may use");
}

void add_prove(CLI::App& app, cairn::Options& options, unsigned& repeat, bool& json) {
  CLI::App* prove = app.add_subcommand("prove", "time whole proofs of a PIE, by step");
  prove->add_option("PIE", options.input, "a Cairo PIE (zip)")->required();
  add_proving(prove, options.hash, options.backend, options.memory);
  prove->add_option("--threads", options.threads, "threads of each worker");
  prove->add_option("--repeat", repeat, "times")->check(CLI::Range(1, 1000))->capture_default_str();
  prove->add_flag("--json", json, "print JSON");
}

void add_sweep(CLI::App& app, SweepOptions& options) {
  CLI::App* sweep = app.add_subcommand(
      "sweep", "prove with several numbers of ranks: strong scaling of one PIE, weak of several");
  sweep->add_option("PIE", options.pies, "one, or one for each number of ranks")->required();
  sweep->add_option("--ranks", options.ranks, "numbers of ranks, ascending, with commas")
      ->check(CLI::Range(1, 100000))
      ->delimiter(',')
      ->capture_default_str();
  sweep->add_option("--threads", options.threads, "threads of each worker")
      ->check(CLI::Range(1, 4096))
      ->capture_default_str();
  sweep->add_option("--repeat", options.repeat, "kept repetitions; one more before is dropped")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  sweep->add_option("--launcher", options.launcher, "what starts {} ranks, e.g. \"srun -n {}\"")
      ->capture_default_str();
  sweep->add_option("-o,--output", options.out, "folder for the results")->capture_default_str();
  add_proving(sweep, options.hash, options.backend, options.memory);
}

void add_compare(CLI::App& app, CompareOptions& options) {
  CLI::App* compare = app.add_subcommand("compare", "compare two JSON files of one measurement");
  compare->add_option("OLD", options.old_file)->required();
  compare->add_option("NEW", options.new_file)->required();
  compare
      ->add_option("--tolerance", options.tolerance,
                   "percent that a median may be slower; exit code 3 beyond")
      ->check(CLI::Range(0.0, 1000.0))
      ->capture_default_str();
}

int run(int argc, char** argv) {
  CLI::App app("Measures Cairn. bench/README.md says what the numbers mean.", "cairn bench");
  app.require_subcommand(1);
  KernelOptions kernels;
  cairn::Options prove;
  SweepOptions sweep;
  CompareOptions compare;
  unsigned repeat = 3;
  bool json = false;
  add_kernels(app, kernels, json);
  add_prove(app, prove, repeat, json);
  add_sweep(app, sweep);
  add_compare(app, compare);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return code == 0 ? 0 : static_cast<int>(cairn::Code::kUsage);
  }
  if (app.got_subcommand("kernels")) return cairn::bench::bench_kernels(kernels, json);
  if (app.got_subcommand("sweep")) return cairn::bench::bench_sweep(sweep);
  if (app.got_subcommand("compare")) return cairn::bench::bench_compare(compare);
  return cairn::bench::bench_prove(prove, repeat, json, argc, argv);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (...) {
    const cairn::Error error = cairn::as_error(std::current_exception());
    std::cerr << "cairn bench: " << error.what() << '\n';
    return static_cast<int>(error.code());
  }
}
