// The program cairn-bench, which `cairn bench` becomes.
#include <algorithm>
#include <iostream>

#include <CLI/CLI.hpp>

#include "bench/bench.hpp"
#include "mpi_driver/commands.hpp"
#include "mpi_driver/mpi_comm.hpp"
#include "mpi_driver/prove_job.hpp"

double cairn::bench::median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values.empty() ? 0 : values[values.size() / 2];
}

namespace {

int run(int argc, char** argv) {
  cairn::bench::BenchOptions options;
  CLI::App app("Measures Cairn. bench/README.md says what the numbers mean.", "cairn bench");
  app.require_subcommand(1);
  const auto common = [&](CLI::App* command) {
    command->add_option("--backend", options.prove.backend, "auto, cpu or cuda")
        ->check(CLI::IsMember({"auto", "cpu", "cuda"}));
    command->add_option("--threads", options.prove.threads, "threads of each worker");
    command->add_option("--repeat", options.repeat, "times")->check(CLI::Range(1, 1000));
    command->add_flag("--json", options.json, "print JSON");
  };
  CLI::App* prove = app.add_subcommand("prove", "time whole proofs of a PIE, by phase");
  prove->add_option("PIE", options.prove.input, "a Cairo PIE (zip)")->required();
  prove->add_option("--hash", options.prove.hash, "blake3 or poseidon")
      ->check(CLI::IsMember({"blake3", "poseidon"}));
  prove->add_option_function<std::string>(
      "--memory", [&](const std::string& text) { options.prove.memory = cairn::parse_bytes(text); },
      "cap on what one rank may use");
  common(prove);
  CLI::App* kernels = app.add_subcommand("kernels", "time extension, hashing, Merkle trees, sums");
  kernels->add_option("--log-height", options.log_height, "rows of the matrix, as a power of two")
      ->check(CLI::Range(6, 22));
  common(kernels);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return code == 0 ? 0 : static_cast<int>(cairn::Code::kUsage);
  }
  return prove->parsed() ? cairn::bench::bench_prove(options, argc, argv)
                         : cairn::bench::bench_kernels(options);
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
