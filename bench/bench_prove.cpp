// Whole proofs: seconds by step, rates, CPU time, memory. Each proof is verified, as `cairn prove`
// does.
#include <filesystem>
#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "bench/bench.hpp"
#include "bench/context.hpp"
#include "bench/timing.hpp"
#include "core/error.hpp"
#include "mpi_driver/prove_command.hpp"
#include "mpi_driver/report.hpp"
#include "mpi_driver/table.hpp"

namespace cairn::bench {
namespace {

using nlohmann::json;

/// What all processes have used up since they began.
double used(const json& run, const char* what) {
  double all = run["coordinator"][what];
  // Alone, worker and coordinator are one process.
  if (run["ranks"] != 1) {
    for (const json& worker : run["workers"]) all += worker[what].get<double>();
  }
  return all;
}

/// Replaces "what the processes have used since they began" by what this run used.
void subtract_earlier_runs(std::vector<json>& runs) {
  for (const char* what : {"user_seconds", "system_seconds", "page_faults"}) {
    double before = 0;
    for (json& run : runs) {
      const double now = used(run, what);
      run[what] = now - before;
      before = now;
    }
  }
}

double backend_peak(const json& run) {
  double peak = 0;
  for (const json& worker : run["workers"]) {
    peak = std::max(peak, worker["details"].value("backend_peak_bytes", 0.0));
  }
  return peak;
}

void print_table(const std::vector<json>& runs) {
  const json& first = runs.front();
  std::vector<std::vector<std::string>> rows = {{"step"}};
  for (const json& run : runs) rows[0].push_back(fmt::format("run {}", run["run"].get<int>()));
  rows[0].push_back("share");
  for (size_t i = 0; i < first["time_by_step"].size(); ++i) {
    rows.push_back({first["time_by_step"][i]["step"]});
    double step = 0, all = 0;
    for (const json& run : runs) {
      const double seconds = run["time_by_step"][i]["seconds"];
      rows.back().push_back(format_seconds(seconds));
      step += seconds;
      all += run["seconds"].get<double>();
    }
    rows.back().push_back(fmt::format("{:.1f} %", 100 * step / all));
  }
  const auto add = [&](const char* name, auto&& text) {
    rows.push_back({name});
    for (const json& run : runs) rows.back().push_back(text(run));
  };
  const auto seconds = [](const char* what) {
    return [what](const json& run) { return format_seconds(run[what]); };
  };
  add("total", seconds("seconds"));
  add("user CPU", seconds("user_seconds"));
  add("system CPU", seconds("system_seconds"));
  add("page faults", [](const json& run) {
    return format_count(static_cast<uint64_t>(run["page_faults"].get<double>()));
  });
  add("peak resident", [](const json& run) { return format_bytes(run["peak_bytes"]); });
  add("peak of backend", [](const json& run) { return format_bytes(backend_peak(run)); });
  add("predicted", [](const json& run) { return format_bytes(run["predicted_bytes"]); });
  add("M cells/s", [](const json& run) {
    return fmt::format("{:.2f}", 1e-6 * run["cells_per_second"].get<double>());
  });
  add("k steps/s", [](const json& run) {
    return fmt::format("{:.1f}", 1e-3 * run["steps_per_second"].get<double>());
  });
  std::cout << format_table(rows, true);
}

int tell(const json& context, std::vector<json>& runs, bool as_json) {
  subtract_earlier_runs(runs);
  const json& first = runs.front();
  std::vector<double> seconds;
  bool same = true;
  for (const json& run : runs) {
    seconds.push_back(run["seconds"]);
    same = same && run["proof_digest"] == first["proof_digest"];
  }
  const double middle = median(seconds);
  const double rating = first["committed_cells"].get<double>() / middle;
  if (as_json) {
    const json result = {{"schema", kSchema},
                         {"what", "prove"},
                         {"context", context},
                         {"results", json::array({{{"name", "prove"},
                                                   {"input", first["statement"]["fact"]},
                                                   {"proof_digest", first["proof_digest"]},
                                                   {"seconds", seconds}}})},
                         {"median_seconds", middle},
                         {"cells_per_second", rating},
                         {"steps_per_second", first["steps"].get<double>() / middle},
                         {"valid", same},
                         {"runs", runs}};
    std::cout << result.dump(2) << '\n';
  } else {
    std::cout << context_line(context);
    print_table(runs);
    std::cout << fmt::format("steps {}, committed cells {}, segments {}, ranks {}, digest {}\n",
                             first["steps"].get<uint64_t>(),
                             first["committed_cells"].get<uint64_t>(),
                             first["segments"].get<size_t>(), first["ranks"].get<int>(),
                             first["proof_digest"].get<std::string>());
    std::cout << fmt::format("RESULT: {} rating={:.2f} M cells/s (median of {})\n",
                             same ? "VALID" : "INVALID: digests differ", 1e-6 * rating,
                             runs.size());
  }
  return static_cast<int>(same ? Code::kOk : Code::kInvalidProof);
}

}  // namespace

int bench_prove(const Options& options, unsigned repeat, bool as_json, int& argc, char**& argv) {
  const json context = context_json();
  Options prove = options;
  const std::filesystem::path proof =
      std::filesystem::temp_directory_path() / fmt::format("cairn-bench-{}.h5", getpid());
  prove.output = proof.string();
  std::vector<json> runs;
  prove_on_ranks(prove, argc, argv, repeat, [&](const ProveOutcome& outcome) {
    json run = json::parse(report_json(outcome));
    run["run"] = runs.size() + 1;
    runs.push_back(std::move(run));
  });
  if (runs.empty()) return 0;  // a rank that only proved
  std::filesystem::remove(proof);
  return tell(context, runs, as_json);
}

}  // namespace cairn::bench
