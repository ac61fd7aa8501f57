#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "air/check.hpp"
#include "kernels/thread_pool.hpp"
#include "mpi_driver/commands.hpp"
#include "mpi_driver/progress.hpp"
#include "mpi_driver/table.hpp"
#include "segmenter/job.hpp"
#include "segmenter/plan.hpp"

namespace cairn {

int check_command(const Options& options) {
  const Job job = load_job(options.input);
  require_provable(job);
  const Image image = view_image(job.image.bytes());
  std::vector<Part> parts;
  for (const Bundle& bundle : make_plan(count_rows(image))) {
    parts.insert(parts.end(), bundle.begin(), bundle.end());
  }
  CheckOptions check;
  check.threads = static_cast<int>(options.threads != 0 ? options.threads : usable_threads());
  const CheckReport report = check_parts(image, job.statement, parts, check);
  if (options.json) {
    const nlohmann::json result = {
        {"ok", report.ok()},           {"parts", parts.size()},
        {"rows", report.rows},         {"constraints", report.constraints},
        {"messages", report.messages}, {"failure_count", report.failure_count},
        {"failures", report.failures}};
    std::cout << result.dump(2) << '\n';
  } else {
    for (const std::string& failure : report.failures) std::cout << failure << '\n';
    std::cout << format_table({{"parts", format_count(parts.size())},
                               {"rows", format_count(report.rows)},
                               {"constraints", format_count(report.constraints)},
                               {"messages", format_count(report.messages)},
                               {"failures", format_count(report.failure_count)}});
  }
  if (!report.ok()) {
    throw Error(Code::kBug,
                fmt::format("bug: {}: the run satisfies replay, but not the chips: {} failures",
                            options.input, report.failure_count));
  }
  return 0;
}

}  // namespace cairn
