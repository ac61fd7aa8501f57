#include "mpi_driver/report.hpp"

#include <algorithm>
#include <chrono>
#include <ctime>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "mpi_driver/build_info.hpp"
#include "mpi_driver/step_table.hpp"
#include "mpi_driver/table.hpp"

namespace cairn {
namespace {

using nlohmann::json;

std::string now_utc() {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
}

json phases_json(const ProveOutcome& outcome) {
  json phases = json::array();
  for (const PhaseTime& phase : outcome.phases) {
    phases.push_back({{"phase", phase.name}, {"seconds", phase.seconds}});
  }
  return phases;
}

json steps_json(const ProveOutcome& outcome) {
  json steps = json::array();
  for (const StepTime& step : step_times(outcome)) {
    steps.push_back({{"step", step.name},
                     {"of", step.of_workers ? "workers" : "rank 0"},
                     {"seconds", step.seconds},
                     {"least", step.least},
                     {"most", step.most}});
  }
  return steps;
}

json workers_json(const ProveOutcome& outcome) {
  json workers = json::array();
  // Alone, coordinator and worker are one process, of rank 0.
  int rank = outcome.processes == 1 ? 0 : 1;
  for (const WorkerReport& worker : outcome.workers) {
    workers.push_back({{"rank", rank++},
                       {"host", worker.about.host},
                       {"threads", worker.about.threads},
                       {"backend", worker.about.backend},
                       {"segments", worker.segments},
                       {"merges", worker.merges},
                       {"count_seconds", worker.count_seconds},
                       {"commit_seconds", worker.commit_seconds},
                       {"prove_seconds", worker.prove_seconds},
                       {"merge_seconds", worker.merge_seconds},
                       {"user_seconds", worker.user_seconds},
                       {"system_seconds", worker.system_seconds},
                       {"peak_bytes", worker.peak_bytes},
                       {"page_faults", worker.page_faults},
                       {"details", json::parse(worker.details)}});
  }
  return workers;
}

uint64_t peak_bytes(const ProveOutcome& outcome) {
  uint64_t peak = outcome.coordinator.peak_bytes;
  for (const WorkerReport& worker : outcome.workers) peak = std::max(peak, worker.peak_bytes);
  return peak;
}

}  // namespace

Attributes derived_attributes(const JobProof& proof, const StatementFacts& facts,
                              const Verdict& verdict) {
  return {{"hash", hash_name(proof.hash)},
          {"proof_digest", proof_digest(proof).hex()},
          {"security_bits", fmt::format("{:.1f}", verdict.security_bits)},
          {"segments", std::to_string(proof.segments.size())},
          {"statement/program_hash", facts.program_hash},
          {"statement/fact", facts.fact},
          {"statement/builtins", fmt::format("{}", fmt::join(facts.builtins, " "))},
          {"statement/output_length", std::to_string(facts.output.size())},
          {"statement/program_length", std::to_string(facts.program_length)},
          {"statement/main", std::to_string(facts.main)}};
}

Attributes proof_attributes(const JobProof& proof, const StatementFacts& facts,
                            const Verdict& verdict) {
  Attributes attributes = derived_attributes(proof, facts, verdict);
  const BuildInfo build = build_info();
  attributes["format"] = kProofFormat;
  attributes["format_version"] = kProofFormatVersion;
  attributes["software_version"] = fmt::format("cairn {}", build.version);
  attributes["git_commit"] = build.commit;
  attributes["created_utc"] = now_utc();
  return attributes;
}

std::string provenance_json(const ProveOutcome& outcome) {
  const json provenance = {{"software", version_json()},
                           {"created_utc", now_utc()},
                           {"ranks", outcome.processes},
                           {"workers", workers_json(outcome)},
                           {"phases", phases_json(outcome)}};
  return provenance.dump(2);
}

std::string report_json(const ProveOutcome& outcome) {
  const json report = {
      {"software", version_json()},
      {"created_utc", now_utc()},
      {"statement", to_json(outcome.statement)},
      {"hash", hash_name(outcome.hash)},
      {"proof_digest", outcome.digest.hex()},
      {"proof_bytes", outcome.proof_bytes},
      {"security_bits", outcome.security_bits},
      {"tightest_round", outcome.tightest},
      {"steps", outcome.run.steps},
      {"memory_cells", outcome.run.addresses},
      {"segments", outcome.segments},
      {"committed_cells", outcome.committed_cells},
      {"largest_bundle_cells", outcome.largest_bundle_cells},
      {"image_bytes", outcome.image_bytes},
      {"seconds", outcome.seconds},
      {"cells_per_second", static_cast<double>(outcome.committed_cells) / outcome.seconds},
      {"steps_per_second", static_cast<double>(outcome.run.steps) / outcome.seconds},
      {"peak_bytes", peak_bytes(outcome)},
      {"predicted_bytes", outcome.predicted_bytes},
      {"ranks", outcome.processes},
      {"coordinator",
       {{"user_seconds", outcome.coordinator.user_seconds},
        {"system_seconds", outcome.coordinator.system_seconds},
        {"peak_bytes", outcome.coordinator.peak_bytes},
        {"page_faults", outcome.coordinator.page_faults}}},
      {"workers", workers_json(outcome)},
      {"time_by_step", steps_json(outcome)},
      {"phases", phases_json(outcome)}};
  return report.dump(2) + '\n';
}

std::string summary(const ProveOutcome& outcome, const Options& options) {
  std::vector<std::vector<std::string>> rows = to_rows(outcome.statement);
  const auto add = [&](const char* name, const std::string& value) {
    rows.push_back({name, value});
  };
  add("steps", format_count(outcome.run.steps));
  add("memory cells", format_count(outcome.run.addresses));
  add("committed cells",
      fmt::format("{} in {} segments", format_count(outcome.committed_cells), outcome.segments));
  const WorkerReport& first = outcome.workers.front();
  add("ranks", fmt::format("{} ({} {} {} of {} threads)", outcome.processes, outcome.workers.size(),
                           outcome.workers.size() == 1 ? "worker" : "workers", first.about.backend,
                           first.about.threads));
  add("time", fmt::format("{} ({:.2f} M cells/s)", format_seconds(outcome.seconds),
                          1e-6 * static_cast<double>(outcome.committed_cells) / outcome.seconds));
  add("peak memory", fmt::format("{} of one process, {} predicted",
                                 format_bytes(static_cast<double>(peak_bytes(outcome))),
                                 format_bytes(static_cast<double>(outcome.predicted_bytes))));
  add("proof", fmt::format("{} ({})", options.output,
                           format_bytes(static_cast<double>(outcome.proof_bytes))));
  add("security",
      fmt::format("{:.1f} bits proven, limited by {}", outcome.security_bits, outcome.tightest));
  add("hash", hash_name(outcome.hash));
  add("digest", outcome.digest.hex());
  return format_table(rows) + "\n" + step_table(outcome);
}

}  // namespace cairn
