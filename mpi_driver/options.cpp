#include "mpi_driver/options.hpp"

#include <cmath>
#include <cstdlib>
#include <iostream>

#include <CLI/CLI.hpp>

#include "core/error.hpp"
#include "mpi_driver/mpi_comm.hpp"

namespace cairn {
namespace {

void add_json(CLI::App* command, Options& options) {
  command->add_flag("--json", options.json, "print JSON");
}

void add_file(CLI::App* command, Options& options, const char* name, const char* what) {
  command->add_option(name, options.input, what)->required();
}

CLI::Option* add_steal_lock(CLI::App* command, Options& options) {
  return command->add_flag("--steal-lock", options.steal_lock,
                           "take the work folder from the run that holds it: it must be over");
}

void add_computing(CLI::App* command, Options& options) {
  command->add_option("--backend", options.backend, "who computes: auto, cpu, cuda or dual")
      ->check(CLI::IsMember({"auto", "cpu", "cuda", "dual"}))
      ->capture_default_str();
  command->add_flag("--gpus-shared", options.gpus_shared,
                    "let workers share a GPU where a host has fewer GPUs than workers");
  command->add_option("--hash", options.hash, "blake3, or poseidon for proofs to be recursed")
      ->check(CLI::IsMember({"blake3", "poseidon"}))
      ->capture_default_str();
  command
      ->add_option_function<std::string>(
          "--memory", [&options](const std::string& text) { options.memory = parse_bytes(text); },
          "cap on what one rank may use, in bytes (or 512M, 3G)")
      ->check([](const std::string& text) {
        return parse_bytes(text) > 0 ? std::string() : "not a number of bytes: " + text;
      })
      ->type_name("BYTES");
  command->add_option("--threads", options.threads, "threads of each worker (default: its cores)")
      ->check(CLI::Range(1, 4096));
}

}  // namespace

uint64_t parse_bytes(const std::string& text) {
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  if (end == text.c_str() || !std::isfinite(number) || number <= 0) return 0;
  const std::string unit = end;
  double factor = 1;
  for (const char* name : {"K", "M", "G", "T"}) {
    factor *= 1024;
    if (unit == name || unit == std::string(name) + "iB") {
      return number * factor < 1e18 ? static_cast<uint64_t>(number * factor) : 0;
    }
  }
  return unit.empty() && number < 1e18 ? static_cast<uint64_t>(number) : 0;
}

bool parse_options(int argc, char** argv, Options& options, int& exit_code) {
  CLI::App app("Cairn proves runs of Cairo programs, on as many machines as mpirun gives it.",
               "cairn");
  app.require_subcommand(1);

  CLI::App* inspect =
      app.add_subcommand("inspect", "say what is in a PIE, a proof or a work folder");
  add_file(inspect, options, "FILE", "a Cairo PIE (zip), a proof, or a folder given as --work");
  add_json(inspect, options);

  CLI::App* check = app.add_subcommand("check", "check every constraint and bus, without a proof");
  add_file(check, options, "PIE", "a Cairo PIE (zip)");
  add_json(check, options);
  check->add_option("--threads", options.threads, "threads (default: all cores)")
      ->check(CLI::Range(1, 4096));

  CLI::App* prove =
      app.add_subcommand("prove", "prove the run of a PIE; under mpirun, on all ranks");
  add_file(prove, options, "PIE", "a Cairo PIE (zip)");
  prove->add_option("-o,--output", options.output, "the proof to write")->required();
  add_computing(prove, options);
  prove->add_option("--report", options.report, "write a JSON report here");
  CLI::Option* work = prove->add_option(
      "--work", options.work, "keep what is finished in this folder, and go on from what it holds");
  prove->add_flag("--resume", options.resume, "the work folder must hold work on this run")
      ->needs(work);
  add_steal_lock(prove, options)->needs(work);

  CLI::App* verify = app.add_subcommand("verify", "check a proof and print what it proves");
  add_file(verify, options, "PROOF", "a proof");
  verify->add_option("--program-hash", options.program_hash, "the program must have this hash");
  verify->add_option("--fact", options.fact, "the proof must establish this fact");
  add_json(verify, options);

  CLI::App* gc =
      app.add_subcommand("gc", "remove from a work folder what its finished proof no longer needs");
  add_file(gc, options, "DIR", "a folder given as --work");
  gc->add_option("--proof", options.proof, "the finished proof (default: where it was written)");
  add_steal_lock(gc, options);
  add_json(gc, options);

  // Its arguments are another program's (bench/main.cpp).
  CLI::App* bench = app.add_subcommand("bench", "measure: kernels, prove, sweep, compare");
  bench->prefix_command();

  CLI::App* doctor =
      app.add_subcommand("doctor", "say what this machine offers and what is missing");
  add_json(doctor, options);
  CLI::App* version = app.add_subcommand("version", "say which build this is");
  add_json(version, options);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const bool help = error.get_exit_code() == 0;
    exit_code = static_cast<int>(help ? Code::kOk : Code::kUsage);
    if (launched_rank() == 0) {
      if (help) {
        app.exit(error);
      } else {
        const auto asked = app.get_subcommands();
        const std::string usage = asked.empty() ? app.help() : asked.front()->help("cairn");
        std::cerr << "cairn: " << error.what() << "\n\n" << usage;
      }
    }
    return false;
  }
  const std::pair<CLI::App*, Command> commands[] = {
      {inspect, Command::kInspect}, {check, Command::kCheck},    {prove, Command::kProve},
      {verify, Command::kVerify},   {gc, Command::kGc},          {bench, Command::kBench},
      {doctor, Command::kDoctor},   {version, Command::kVersion}};
  for (const auto& [app_command, command] : commands) {
    if (app_command->parsed()) options.command = command;
  }
  return true;
}

}  // namespace cairn
