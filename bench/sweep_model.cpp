// Speed-up, efficiency, and what a simple model makes of the first point.
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "bench/sweep.hpp"
#include "bench/timing.hpp"

namespace cairn::bench {
namespace {

using nlohmann::json;

const json* first_report(const SweepPoint& point) {
  for (const SweepRun& run : point.runs) {
    if (run.exit_code == 0) return &run.report;
  }
  return nullptr;
}

/// Workers times threads on the fullest host.
unsigned fullest_host(const json& report) {
  std::map<std::string, unsigned> threads;
  for (const json& worker : report["workers"]) {
    threads[worker["host"].get<std::string>()] += worker["threads"].get<unsigned>();
  }
  unsigned most = 0;
  for (const auto& [host, count] : threads) most = std::max(most, count);
  return most;
}

/// Seconds that rank 0 spends while workers wait, and those of all workers' steps together.
struct Split {
  double alone = 0, shared = 0;
};

Split split_of(const json& report) {
  Split split;
  for (const json& step : report["time_by_step"]) {
    const double seconds = step["seconds"];
    if (step["of"] == "rank 0") {
      split.alone += seconds;
    } else if (step["step"] != "wait") {
      split.shared += seconds * static_cast<double>(report["workers"].size());
    }
  }
  return split;
}

void summarize(SweepPoint& point, unsigned cores) {
  std::vector<double> seconds;
  for (const SweepRun& run : point.runs) {
    if (run.exit_code != 0) continue;
    seconds.push_back(run.report["seconds"]);
    point.peak_bytes = std::max(point.peak_bytes, run.report["peak_bytes"].get<double>());
  }
  const json* report = first_report(point);
  if (report == nullptr) return;
  point.oversubscribed = fullest_host(*report) > cores;
  point.median = median(seconds);
  point.least = quantile(seconds, 0);
  point.most = quantile(seconds, 1);
  point.cells = (*report)["committed_cells"];
  point.steps = (*report)["steps"];
}

}  // namespace

void evaluate(std::vector<SweepPoint>& points, bool weak, unsigned threads, unsigned cores) {
  for (SweepPoint& point : points) summarize(point, cores);
  const auto base = std::find_if(points.begin(), points.end(),
                                 [](const SweepPoint& point) { return point.median > 0; });
  if (base == points.end()) return;
  const Split split = split_of(*first_report(*base));
  for (SweepPoint& point : points) {
    const json* report = first_report(point);
    if (report == nullptr) continue;
    const double more = static_cast<double>(point.workers) / base->workers;
    // Work done a second, whatever the PIE.
    point.speed_up = point.cells / point.median / (base->cells / base->median);
    point.efficiency = point.speed_up / more;
    // Rank 0's own steps do not shrink; the workers' do until one bundle is left for each, and
    // until every core has a thread.
    const double hosts_cores = static_cast<double>(cores) / threads;
    const double useful = point.oversubscribed ? hosts_cores : point.workers;
    const double largest = (*report)["largest_bundle_cells"].get<double>() / point.cells;
    const double work = point.cells / base->cells;
    point.model_seconds = split.alone * (weak ? point.steps / base->steps : 1) +
                          split.shared * work * std::max(1 / std::max(useful, 1.0), largest);
  }
}

std::string invalid_because(const std::vector<SweepPoint>& points, bool weak) {
  std::string digest;
  for (const SweepPoint& point : points) {
    for (const SweepRun& run : point.runs) {
      if (run.exit_code != 0) {
        return fmt::format("{} ranks: exit code {}: {}", point.ranks, run.exit_code, run.complaint);
      }
      if (!run.verified) return fmt::format("{} ranks: the proof does not verify", point.ranks);
      const std::string own = run.report["proof_digest"];
      if (digest.empty() || (weak && &run == &point.runs.front())) digest = own;
      if (own != digest) {
        return fmt::format("{} ranks: proof digest {}, wanted {}", point.ranks, own, digest);
      }
    }
  }
  return "";
}

}  // namespace cairn::bench
