#include "mpi_driver/step_table.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "mpi_driver/table.hpp"

namespace cairn {
namespace {

/// Rank 0's phases in which the workers work.
constexpr std::array<std::string_view, 4> kWorkersPhases = {"commit", "tables", "prove", "fold"};
/// The steps of workers, in the order in which a bundle takes them. "other" is the time of tasks
/// outside all steps.
constexpr std::array<std::string_view, 13> kSteps = {
    "count", "fill", "extend", "hash",    "lookups", "constraints", "openings",
    "deep",  "fri",  "work",   "queries", "other",   "fold"};

std::map<std::string, double> steps_of(const WorkerReport& worker) {
  std::map<std::string, double> seconds;
  double known = 0;
  const auto details = nlohmann::json::parse(worker.details);
  if (details.contains("steps")) {
    for (const auto& [name, value] : details["steps"].items()) {
      seconds[name] = value.get<double>();
      known += seconds[name];
    }
  }
  seconds["other"] += worker.count_seconds + worker.commit_seconds + worker.prove_seconds - known;
  seconds["fold"] = worker.merge_seconds;
  return seconds;
}

/// The mean, least and most seconds of every step, known ones in their order, then others.
std::vector<StepTime> worker_steps(const std::vector<WorkerReport>& workers) {
  std::vector<std::map<std::string, double>> all;
  std::vector<std::string> names(kSteps.begin(), kSteps.end());
  for (const WorkerReport& worker : workers) {
    all.push_back(steps_of(worker));
    for (const auto& [name, seconds] : all.back()) {
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
  }
  std::vector<StepTime> steps;
  for (const std::string& name : names) {
    StepTime step{name, 0, 0, 0, true};
    bool first = true;
    for (auto& seconds : all) {
      const double own = seconds[name];
      step.seconds += own / static_cast<double>(all.size());
      step.least = first ? own : std::min(step.least, own);
      step.most = first ? own : std::max(step.most, own);
      first = false;
    }
    steps.push_back(step);
  }
  return steps;
}

}  // namespace

std::vector<StepTime> step_times(const ProveOutcome& outcome) {
  std::vector<StepTime> times;
  double rest = outcome.seconds;
  bool workers_said = false;
  const auto add = [&](const StepTime& step) {
    times.push_back(step);
    rest -= step.seconds;
  };
  for (const PhaseTime& phase : outcome.phases) {
    const bool of_workers =
        std::find(kWorkersPhases.begin(), kWorkersPhases.end(), phase.name) != kWorkersPhases.end();
    if (!of_workers) {
      add({phase.name, phase.seconds, phase.seconds, phase.seconds, false});
    } else if (!workers_said) {
      for (const StepTime& step : worker_steps(outcome.workers)) add(step);
      workers_said = true;
    }
  }
  times.push_back({"wait", rest, 0, 0, true});
  double before = 0;  // rank 0's own phases
  for (const StepTime& step : times) before += step.of_workers ? 0 : step.seconds;
  StepTime& wait = times.back();
  wait.least = outcome.seconds;
  for (const WorkerReport& worker : outcome.workers) {
    double own = outcome.seconds - before;
    for (const auto& [name, seconds] : steps_of(worker)) own -= seconds;
    wait.least = std::min(wait.least, own);
    wait.most = std::max(wait.most, own);
  }
  return times;
}

std::string step_table(const ProveOutcome& outcome) {
  const bool several = outcome.workers.size() > 1;
  std::vector<std::vector<std::string>> rows = {{"step", "seconds", "share"}};
  if (several) {
    rows[0] = {"step", fmt::format("mean of {} workers", outcome.workers.size()), "share", "least",
               "most"};
  }
  for (const StepTime& step : step_times(outcome)) {
    rows.push_back({step.name, fmt::format("{:.3f}", step.seconds),
                    fmt::format("{:.1f} %", 100 * step.seconds / outcome.seconds)});
    if (!several) continue;
    if (step.of_workers) {
      rows.back().push_back(fmt::format("{:.3f}", step.least));
      rows.back().push_back(fmt::format("{:.3f}", step.most));
    } else {
      rows.back().push_back("rank 0");
    }
  }
  return format_table(rows, true);
}

}  // namespace cairn
