// A sweep as JSON, CSV and Markdown.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "bench/context.hpp"
#include "bench/sweep.hpp"
#include "mpi_driver/progress.hpp"

namespace cairn::bench {
namespace {

using nlohmann::json;

json run_json(const SweepRun& run) {
  return {{"exit_code", run.exit_code},
          {"wall_seconds", run.wall_seconds},
          {"verified", run.verified},
          {"complaint", run.complaint},
          {"report", run.report}};
}

}  // namespace

json sweep_json(const SweepOptions& options, const json& context,
                const std::vector<SweepPoint>& points, bool weak) {
  json results = json::array();
  for (const SweepPoint& point : points) {
    json seconds = json::array(), runs = json::array(), input;
    for (const SweepRun& run : point.runs) {
      runs.push_back(run_json(run));
      if (run.exit_code != 0) continue;
      seconds.push_back(run.report["seconds"]);
      input = run.report["statement"]["fact"];
    }
    results.push_back({{"name", fmt::format("{} ranks", point.ranks)},
                       {"input", input},
                       {"seconds", seconds},
                       {"ranks", point.ranks},
                       {"workers", point.workers},
                       {"threads", options.threads},
                       {"pie", point.pie},
                       {"oversubscribed", point.oversubscribed},
                       {"median_seconds", point.median},
                       {"least_seconds", point.least},
                       {"most_seconds", point.most},
                       {"committed_cells", point.cells},
                       {"steps", point.steps},
                       {"peak_bytes", point.peak_bytes},
                       {"speed_up", point.speed_up},
                       {"efficiency", point.efficiency},
                       {"model_seconds", point.model_seconds},
                       {"runs", runs}});
  }
  const std::string why = invalid_because(points, weak);
  return {{"schema", kSchema},
          {"what", "sweep"},
          {"context", context},
          {"mode", weak ? "weak" : "strong"},
          {"launcher", options.launcher},
          {"results", results},
          {"valid", why.empty()},
          {"invalid_because", why}};
}

std::string sweep_csv(const std::vector<SweepPoint>& points) {
  std::string text =
      "ranks,workers,oversubscribed,repetitions,median_s,least_s,most_s,speed_up,efficiency,"
      "model_s,cells,cells_per_s,steps_per_s,peak_bytes,verified\n";
  for (const SweepPoint& p : points) {
    size_t verified = 0;
    for (const SweepRun& run : p.runs) verified += run.verified ? 1 : 0;
    text +=
        fmt::format("{},{},{},{},", p.ranks, p.workers, p.oversubscribed ? 1 : 0, p.runs.size());
    if (p.median > 0) {
      text += fmt::format("{:.4f},{:.4f},{:.4f},{:.3f},{:.3f},{:.4f},{:.0f},{:.0f},{:.0f},{:.0f},",
                          p.median, p.least, p.most, p.speed_up, p.efficiency, p.model_seconds,
                          p.cells, p.cells / p.median, p.steps / p.median, p.peak_bytes);
    } else {
      text += ",,,,,,,,,,";
    }
    text += fmt::format("{}\n", verified);
  }
  return text;
}

std::string sweep_markdown(const json& context, const SweepOptions& options,
                           const std::vector<SweepPoint>& points, bool weak) {
  std::string text = fmt::format(
      "{} scaling of {}, {} thread(s) a worker, {} kept repetition(s).\n{}\n\n"
      "| ranks | workers | median | least to most | speed-up | efficiency | model | M cells/s | "
      "peak of a process | |\n|---|---|---|---|---|---|---|---|---|---|\n",
      weak ? "Weak" : "Strong", fmt::join(options.pies, ", "), options.threads, options.repeat,
      context_line(context).substr(2, std::string::npos));
  for (const SweepPoint& p : points) {
    if (p.median == 0) {
      text += fmt::format("| {} | {} | failed | | | | | | | |\n", p.ranks, p.workers);
      continue;
    }
    text += fmt::format(
        "| {} | {} | {:.3f} s | {:.3f} to {:.3f} | {:.2f} | {:.0f} % | {:.3f} s | {:.2f} | {} | {} "
        "|\n",
        p.ranks, p.workers, p.median, p.least, p.most, p.speed_up, 100 * p.efficiency,
        p.model_seconds, 1e-6 * p.cells / p.median, format_bytes(p.peak_bytes),
        p.oversubscribed ? "OVERSUBSCRIBED" : "");
  }
  return text;
}

}  // namespace cairn::bench
