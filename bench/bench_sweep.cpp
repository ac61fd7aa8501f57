// Starts the launcher for each number of ranks, one after another, and verifies every proof.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include <fmt/format.h>
#include <sys/wait.h>

#include "aggregator/publish.hpp"
#include "bench/context.hpp"
#include "bench/sweep.hpp"
#include "bench/timing.hpp"
#include "core/error.hpp"
#include "mpi_driver/usage.hpp"

namespace cairn::bench {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

/// For the shell.
std::string quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

std::string text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// The last line that is ours, else the last that is none of the launcher's rules of dashes.
std::string complaint_in(const fs::path& file) {
  std::ifstream in(file);
  std::string own, last;
  for (std::string line; std::getline(in, line);) {
    if (line.rfind("cairn: ", 0) == 0) own = line;
    if (line.find_first_not_of("- ") != std::string::npos) last = line;
  }
  return own.empty() ? last : own;
}

int run_shell(const std::string& command) {
  const int status = std::system(command.c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

class Sweep {
 public:
  explicit Sweep(const SweepOptions& options)
      : options_(options), folder_(options.out), program_(fs::read_symlink("/proc/self/exe")) {
    program_ = program_.parent_path() / "cairn";
    std::error_code error;
    fs::create_directories(folder_, error);
    if (error) {
      throw Error(Code::kOutOfResource,
                  fmt::format("{}: cannot create: {}", options.out, error.message()));
    }
  }

  SweepRun run(unsigned ranks, const std::string& pie) const {
    const fs::path proof = folder_ / "proof.h5", report = folder_ / "report.json";
    const fs::path out = folder_ / "out.txt", err = folder_ / "err.txt";
    fs::remove(proof);
    fs::remove(report);
    std::string command = fmt::format(
        "{} {} prove {} -o {} --report {} --threads {} --hash {} --backend {}",
        fmt::format(fmt::runtime(options_.launcher), ranks), quoted(program_), quoted(pie),
        quoted(proof), quoted(report), options_.threads, options_.hash, options_.backend);
    if (options_.memory != 0) command += fmt::format(" --memory {}", options_.memory);
    command += fmt::format(" > {} 2> {} < /dev/null", quoted(out), quoted(err));
    SweepRun run;
    run.wall_seconds = seconds_of([&] { run.exit_code = run_shell(command); });
    if (run.exit_code != 0) {
      run.complaint = complaint_in(err);
      return run;
    }
    run.report = json::parse(text_of(report));
    const int verdict =
        run_shell(fmt::format("{} verify --json {} > {} 2> {} < /dev/null", quoted(program_),
                              quoted(proof), quoted(out), quoted(err)));
    run.verified =
        verdict == 0 && json::parse(text_of(out))["proof_digest"] == run.report["proof_digest"];
    for (const fs::path& file : {proof, report, out, err}) fs::remove(file);
    return run;
  }

  void write(const char* name, const std::string& text) const {
    publish((folder_ / name).string(), std::as_bytes(std::span(text)));
  }

  /// The plots, where Python has matplotlib; else why not.
  std::string plot() const {
    const fs::path script = program_.parent_path() / "cairn-plot-sweep";
    const fs::path err = folder_ / "plot.txt";
    const int code = run_shell(fmt::format("python3 {} {} > /dev/null 2> {}", quoted(script),
                                           quoted(folder_), quoted(err)));
    const std::string why = complaint_in(err);
    fs::remove(err);
    if (code == 0) return "";
    return fmt::format("no plots: {} (./run setup --plots)", why);
  }

 private:
  SweepOptions options_;
  fs::path folder_;
  fs::path program_;
};

void require_sense(const SweepOptions& options) {
  if (options.pies.size() != 1 && options.pies.size() != options.ranks.size()) {
    throw Error(Code::kUsage,
                fmt::format("{} PIEs for {} numbers of ranks: one PIE, or as many as numbers",
                            options.pies.size(), options.ranks.size()));
  }
  for (size_t i = 1; i < options.ranks.size(); ++i) {
    if (options.ranks[i] <= options.ranks[i - 1]) {
      throw Error(Code::kUsage, "--ranks: numbers of ranks ascend");
    }
  }
  if (options.launcher.find("{}") == std::string::npos) {
    throw Error(Code::kUsage, fmt::format("--launcher \"{}\": no {{}} for the number of ranks",
                                          options.launcher));
  }
}

}  // namespace

int bench_sweep(const SweepOptions& options) {
  require_sense(options);
  const bool weak = options.pies.size() > 1;
  const json context = context_json();
  const Sweep sweep(options);
  std::vector<SweepPoint> points;
  for (size_t i = 0; i < options.ranks.size(); ++i) {
    SweepPoint point;
    point.ranks = options.ranks[i];
    point.workers = std::max(point.ranks, 2u) - 1;
    point.pie = options.pies[weak ? i : 0];
    // The first is dropped: it reads the PIE and the program from disk. A failure is kept.
    for (unsigned n = 0; n <= options.repeat; ++n) {
      const SweepRun run = sweep.run(point.ranks, point.pie);
      if (n > 0 || run.exit_code != 0 || !run.verified) point.runs.push_back(run);
      std::cerr << fmt::format(
          "{} ranks, run {} of {}: {}\n", point.ranks, n + 1, options.repeat + 1,
          run.exit_code != 0
              ? run.complaint
              : fmt::format("{:.3f} s{}{}", run.report["seconds"].get<double>(),
                            run.verified ? "" : ", NOT VERIFIED", n == 0 ? " (dropped)" : ""));
      if (run.exit_code != 0) break;
    }
    points.push_back(std::move(point));
  }
  evaluate(points, weak, options.threads, context["cores"]);
  const std::string why = invalid_because(points, weak);
  const std::string table = sweep_markdown(context, options, points, weak);
  sweep.write("sweep.json", sweep_json(options, context, points, weak).dump(2) + '\n');
  sweep.write("sweep.csv", sweep_csv(points));
  sweep.write("sweep.md", table);
  std::cout << table;
  const std::string no_plots = sweep.plot();
  if (!no_plots.empty()) std::cout << no_plots << '\n';
  double best = 0;
  for (const SweepPoint& point : points) {
    if (point.median > 0) best = std::max(best, point.cells / point.median);
  }
  if (why.empty()) {
    std::cout << fmt::format("RESULT: VALID rating={:.2f} M cells/s (best median), results in {}\n",
                             1e-6 * best, options.out);
  } else {
    std::cout << fmt::format("RESULT: INVALID: {}\n", why);
  }
  return static_cast<int>(why.empty() ? Code::kOk : Code::kInvalidProof);
}

}  // namespace cairn::bench
