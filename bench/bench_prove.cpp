// Whole proofs: seconds by phase, rates, memory. Each proof is verified, as `cairn prove` does.
#include <filesystem>
#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "bench/bench.hpp"
#include "mpi_driver/mpi_comm.hpp"
#include "mpi_driver/prove_command.hpp"
#include "mpi_driver/report.hpp"
#include "mpi_driver/table.hpp"

namespace cairn::bench {
namespace {

using nlohmann::json;

void print(const BenchOptions& options, const std::vector<json>& runs) {
  std::vector<double> seconds;
  bool same = true;
  for (const json& run : runs) {
    seconds.push_back(run["seconds"]);
    same = same && run["proof_digest"] == runs[0]["proof_digest"];
  }
  const double middle = median(seconds);
  const json& first = runs.front();
  const double rating = first["committed_cells"].get<double>() / middle;
  if (options.json) {
    const json result = {{"runs", runs},
                         {"median_seconds", middle},
                         {"cells_per_second", rating},
                         {"steps_per_second", first["steps"].get<double>() / middle},
                         {"valid", same}};
    std::cout << result.dump(2) << '\n';
    return;
  }
  std::vector<std::vector<std::string>> rows = {{"phase"}};
  for (const json& run : runs) rows[0].push_back(fmt::format("run {}", run["run"].get<int>()));
  for (size_t i = 0; i < first["phases"].size(); ++i) {
    rows.push_back({first["phases"][i]["phase"]});
    for (const json& run : runs) {
      rows.back().push_back(format_seconds(run["phases"][i]["seconds"]));
    }
  }
  const auto add = [&](const char* name, auto&& text) {
    rows.push_back({name});
    for (const json& run : runs) rows.back().push_back(text(run));
  };
  add("total", [](const json& run) { return format_seconds(run["seconds"]); });
  add("CPU time", [](const json& run) {
    double all = run["coordinator"]["user_seconds"].get<double>() +
                 run["coordinator"]["system_seconds"].get<double>();
    // Alone, worker and coordinator are one process.
    if (run["ranks"] != 1) {
      for (const json& worker : run["workers"]) {
        all += worker["user_seconds"].get<double>() + worker["system_seconds"].get<double>();
      }
    }
    return format_seconds(all) + " so far";
  });
  add("peak memory", [](const json& run) { return format_bytes(run["peak_bytes"]); });
  add("M cells/s", [](const json& run) {
    return fmt::format("{:.2f}", 1e-6 * run["cells_per_second"].get<double>());
  });
  add("k steps/s", [](const json& run) {
    return fmt::format("{:.1f}", 1e-3 * run["steps_per_second"].get<double>());
  });
  std::cout << format_table(rows, true);
  std::cout << fmt::format("steps {}, committed cells {}, segments {}, ranks {}\n",
                           first["steps"].get<uint64_t>(), first["committed_cells"].get<uint64_t>(),
                           first["segments"].get<size_t>(), first["ranks"].get<int>());
  std::cout << fmt::format("RESULT: {} rating={:.2f} M cells/s (median of {})\n",
                           same ? "VALID" : "INVALID: digests differ", 1e-6 * rating, runs.size());
}

}  // namespace

int bench_prove(const BenchOptions& options, int& argc, char**& argv) {
  Options prove = options.prove;
  const std::filesystem::path proof =
      std::filesystem::temp_directory_path() / fmt::format("cairn-bench-{}.h5", getpid());
  prove.output = proof.string();
  std::vector<json> runs;
  prove_on_ranks(prove, argc, argv, options.repeat, [&](const ProveOutcome& outcome) {
    json run = json::parse(report_json(outcome));
    run["run"] = runs.size() + 1;
    runs.push_back(run);
  });
  if (runs.empty()) return 0;  // a rank that only proved
  std::filesystem::remove(proof);
  print(options, runs);
  return 0;
}

}  // namespace cairn::bench
