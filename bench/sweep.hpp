// What a sweep measured, and what follows from it.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "bench/bench.hpp"

namespace cairn::bench {

/// One start of the launcher.
struct SweepRun {
  int exit_code = 0;
  double wall_seconds = 0;  // of the launcher, with starting and ending all processes
  bool verified = false;    // by `cairn verify`, a process of its own
  nlohmann::json report;    // of `cairn prove --report`; null when it failed
  std::string complaint;    // the last line on stderr, when it failed
};

/// All kept runs with one number of ranks.
struct SweepPoint {
  unsigned ranks = 0;
  unsigned workers = 0;  // rank 0 coordinates; alone it works, too
  std::string pie;
  std::vector<SweepRun> runs;

  bool oversubscribed = false;
  // 0 until set; stay 0 when no run succeeded.
  double median = 0, least = 0, most = 0;  // seconds of `prove`, without starting processes
  double cells = 0, steps = 0, peak_bytes = 0;
  double speed_up = 0, efficiency = 0, model_seconds = 0;
};

/// Sets everything of the points that follows from their runs. `weak`: the points prove different
/// PIEs. `cores` are this host's; other hosts are taken to have as many.
void evaluate(std::vector<SweepPoint>& points, bool weak, unsigned threads, unsigned cores);

/// Why the sweep is not valid, or nothing.
std::string invalid_because(const std::vector<SweepPoint>& points, bool weak);

nlohmann::json sweep_json(const SweepOptions& options, const nlohmann::json& context,
                          const std::vector<SweepPoint>& points, bool weak);
std::string sweep_csv(const std::vector<SweepPoint>& points);
std::string sweep_markdown(const nlohmann::json& context, const SweepOptions& options,
                           const std::vector<SweepPoint>& points, bool weak);

}  // namespace cairn::bench
