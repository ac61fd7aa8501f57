// `cairn inspect DIR`: how far the work in a store is.
#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "aggregator/store.hpp"
#include "mpi_driver/commands.hpp"
#include "mpi_driver/progress.hpp"
#include "mpi_driver/table.hpp"

namespace cairn {

int inspect_store(const Options& options) {
  const std::string& folder = options.input;
  const StoreView view = view_store(folder);
  const std::optional<LockHolder> holder = lock_holder(folder);
  const uint64_t merges = view.job.segments - 1;
  if (options.json) {
    nlohmann::json damaged = nlohmann::json::array();
    for (const auto& [file, why] : view.damaged) damaged.push_back({{"file", file}, {"why", why}});
    nlohmann::json result = {{"kind", "store"},
                             {"program_hash", view.job.program_hash},
                             {"software", view.job.software},
                             {"created_utc", view.created},
                             {"hash", view.job.hash},
                             {"memory", view.job.memory},
                             {"segments", view.job.segments},
                             {"committed_cells", view.job.cells},
                             {"counts", view.counts},
                             {"segments_committed", view.commits},
                             {"segments_proven", view.segments},
                             {"nodes", view.nodes},
                             {"nodes_wanted", merges},
                             {"bytes", view.bytes},
                             {"damaged", damaged},
                             {"locked_by", nullptr},
                             {"proof", nullptr}};
    if (holder) result["locked_by"] = holder->describe();
    if (!view.proof.path.empty()) {
      result["proof"] = {
          {"path", view.proof.path}, {"digest", view.proof.digest}, {"bytes", view.proof.bytes}};
    }
    std::cout << result.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
    return 0;
  }
  std::vector<std::vector<std::string>> rows = {
      {"work on", fmt::format("program {}", view.job.program_hash)},
      {"by", view.job.software},
      {"since", view.created},
      {"hash", view.job.hash},
      {"committed", fmt::format("{} of {} segments", view.commits, view.job.segments)},
      {"counted", view.counts ? "yes" : "no"},
      {"proven", fmt::format("{} of {} segments", view.segments, view.job.segments)},
      {"folded", fmt::format("{} of {} nodes", view.nodes, merges)},
      {"size", format_bytes(static_cast<double>(view.bytes))},
      {"in use", holder ? "by " + holder->describe() : "no"},
      {"proof", view.proof.path.empty()
                    ? "not yet"
                    : fmt::format("{} ({})", view.proof.path, view.proof.digest)}};
  for (const auto& [file, why] : view.damaged) {
    rows.push_back({"damaged", fmt::format("{}: {}; will be made again", file, why)});
  }
  std::cout << format_table(rows);
  return 0;
}

}  // namespace cairn
