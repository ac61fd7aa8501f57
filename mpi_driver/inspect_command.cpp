#include <algorithm>
#include <filesystem>
#include <iostream>
#include <iterator>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "aggregator/proof_file.hpp"
#include "kernels/thread_pool.hpp"
#include "mpi_driver/commands.hpp"
#include "mpi_driver/memory_plan.hpp"
#include "mpi_driver/progress.hpp"
#include "mpi_driver/statement_facts.hpp"
#include "mpi_driver/table.hpp"
#include "segmenter/chip_facts.hpp"
#include "segmenter/job.hpp"
#include "segmenter/plan.hpp"

namespace cairn {
namespace {

using nlohmann::json;
using Rows = std::vector<std::vector<std::string>>;

const char* chip_name(uint32_t chip) { return chip < kChipCount ? kChipFacts[chip].name : "?"; }

/// What one chip takes.
struct ChipCost {
  uint32_t chip = 0;
  uint64_t calls = 0;         // instructions, instances, rows of a list
  uint64_t cells_a_call = 0;  // 0 for fixed tables
  uint64_t committed = 0;     // padding included
  uint64_t bytes = 0;         // of memory while its largest part is proven

  uint64_t cells() const { return calls * cells_a_call; }
};

/// What proving would take; a job with missing chips has no plan.
struct Prediction {
  size_t bundles = 0;
  uint64_t cells = 0, largest_bundle_cells = 0, bundle_bytes = 0;
  MemoryNeed memory;            // of one process that does it all
  std::vector<ChipCost> chips;  // those that the job uses
  uint64_t unpadded_cells = 0;  // without fixed tables
};

Prediction predict(const Job& job) {
  Prediction result;
  const JobRows rows = count_rows(view_image(job.image.bytes()));
  std::vector<ChipCost> chips(kChipCount);
  for (uint32_t chip = 0; chip < kChipCount; ++chip) {
    const uint64_t cells = uint64_t{kChipFacts[chip].rows_per_call} * kChipFacts[chip].cells;
    chips[chip] = {chip, rows.calls[chip], rows.calls[chip] == 0 ? 0 : cells, 0, 0};
    result.unpadded_cells += chips[chip].cells();
  }
  const std::vector<Bundle> bundles = make_plan(rows);
  result.memory = predict_memory(view_image(job.image.bytes()), job.image.size(), bundles,
                                 usable_threads(), 1, memory_allowance({}, 1));
  for (const Bundle& bundle : bundles) {
    for (const Part& part : bundle) {
      chips[part.chip].committed += committed_cells(part);
      chips[part.chip].bytes = std::max(chips[part.chip].bytes, predicted_bytes({part}));
    }
    const uint64_t cells = committed_cells(bundle);
    ++result.bundles;
    result.cells += cells;
    result.largest_bundle_cells = std::max(result.largest_bundle_cells, cells);
    result.bundle_bytes = std::max(result.bundle_bytes, predicted_bytes(bundle));
  }
  std::copy_if(chips.begin(), chips.end(), std::back_inserter(result.chips),
               [](const ChipCost& cost) { return cost.committed != 0; });
  return result;
}

void print_chips(const Prediction& plan, uint64_t steps) {
  Rows rows = {{"chip", "calls", "cells a call", "cells", "committed", "of all", "memory"}};
  for (const ChipCost& cost : plan.chips) {
    const bool table = cost.calls == 0;
    rows.push_back({chip_name(cost.chip), table ? "" : format_count(cost.calls),
                    table ? "" : format_count(cost.cells_a_call),
                    table ? "" : format_count(cost.cells()), format_count(cost.committed),
                    fmt::format("{:.1f} %", 100.0 * static_cast<double>(cost.committed) /
                                                static_cast<double>(plan.cells)),
                    format_bytes(static_cast<double>(cost.bytes))});
  }
  std::cout
      << "\ncells by chip (committed: with padding; memory: while its largest part is proven)\n"
      << format_table(rows, true)
      << fmt::format("{:.1f} cells a step before padding and fixed tables, {:.1f} committed\n",
                     static_cast<double>(plan.unpadded_cells) / static_cast<double>(steps),
                     static_cast<double>(plan.cells) / static_cast<double>(steps));
}

json counts_json(const std::vector<std::pair<std::string, uint64_t>>& counts) {
  json result = json::object();
  for (const auto& [name, count] : counts) result[name] = count;
  return result;
}

void print_pie_json(const Job& job, const StatementFacts& statement) {
  const RunFacts& run = job.facts;
  json result = {{"kind", "pie"},
                 {"steps", run.steps},
                 {"statement", to_json(statement)},
                 {"builtins_used", counts_json(run.builtins)},
                 {"mix", counts_json(run.mix)},
                 {"memory",
                  {{"given_cells", run.given_cells},
                   {"addresses", run.addresses},
                   {"holes", run.holes},
                   {"immediate_cells", run.immediate_cells},
                   {"mid_cells", run.mid_cells},
                   {"big_cells", run.big_cells},
                   {"mid_values", run.mid_values},
                   {"big_values", run.big_values},
                   {"extra_segments", run.extra_segments}}},
                 {"instructions", run.instructions},
                 {"image_bytes", job.image.size()},
                 {"missing", job.missing},
                 {"provable", job.missing.empty()}};
  if (job.missing.empty()) {
    const Prediction plan = predict(job);
    json chips = json::object();
    for (const ChipCost& cost : plan.chips) {
      chips[chip_name(cost.chip)] = {{"calls", cost.calls},
                                     {"cells_a_call", cost.cells_a_call},
                                     {"cells", cost.cells()},
                                     {"committed_cells", cost.committed},
                                     {"bytes", cost.bytes}};
    }
    result["plan"] = {{"bundles", plan.bundles},
                      {"chips", chips},
                      {"unpadded_cells", plan.unpadded_cells},
                      {"committed_cells", plan.cells},
                      {"largest_bundle_cells", plan.largest_bundle_cells},
                      {"largest_bundle_bytes", plan.bundle_bytes},
                      {"predicted_bytes", plan.memory.total()},
                      {"kept_bytes", plan.memory.kept}};
  }
  std::cout << result.dump(2) << '\n';
}

void print_pie(const Job& job, const StatementFacts& statement) {
  const RunFacts& run = job.facts;
  Rows rows = to_rows(statement);
  const auto add = [&](const char* name, const std::string& value) {
    rows.push_back({name, value});
  };
  add("steps", format_count(run.steps));
  add("instructions", fmt::format("{} distinct", format_count(run.instructions)));
  add("memory",
      fmt::format("{} cells ({} holes); {} small, {} middle, {} big", format_count(run.addresses),
                  format_count(run.holes), format_count(run.immediate_cells),
                  format_count(run.mid_cells), format_count(run.big_cells)));
  add("distinct values",
      fmt::format("{} middle, {} big", format_count(run.mid_values), format_count(run.big_values)));
  add("image", format_bytes(static_cast<double>(job.image.size())));
  if (job.missing.empty()) {
    const Prediction plan = predict(job);
    add("plan", fmt::format("{} bundles, {} committed cells, {} at a time at most", plan.bundles,
                            format_count(plan.cells),
                            format_bytes(static_cast<double>(plan.bundle_bytes))));
    add("peak memory",
        fmt::format("{} of one process, {} of it to prove without making commitments again",
                    format_bytes(static_cast<double>(plan.memory.total())),
                    format_bytes(static_cast<double>(plan.memory.kept))));
  }
  for (const std::string& reason : job.missing) add("missing", reason);
  std::cout << format_table(rows);

  Rows mix;
  for (const auto& [name, count] : run.mix) {
    if (count == 0) continue;
    mix.push_back({name, format_count(count),
                   fmt::format("{:.1f} %", 100.0 * static_cast<double>(count) /
                                               static_cast<double>(run.steps))});
  }
  std::cout << "\nsteps by chip\n" << format_table(mix, true);
  Rows builtins;
  for (const auto& [name, count] : run.builtins) builtins.push_back({name, format_count(count)});
  if (!builtins.empty()) std::cout << "\nbuiltin instances\n" << format_table(builtins, true);
  if (job.missing.empty()) print_chips(predict(job), run.steps);
}

/// Nobody vouches for it. What is nested deeper than ours is dropped: the library's dump()
/// recurses.
json provenance_json(const std::string& text) {
  constexpr int kMaxDepth = 32;
  const auto shallow = [](int depth, json::parse_event_t, json&) { return depth <= kMaxDepth; };
  return json::parse(text, shallow, false);
}

int inspect_pie(const Options& options) {
  const Job job = load_job(options.input);
  const StatementFacts statement = facts_of(job.statement);
  if (options.json) {
    print_pie_json(job, statement);
  } else {
    print_pie(job, statement);
  }
  return 0;
}

int inspect_proof(const Options& options) {
  const ProofFile file = read_proof_file(options.input);
  const StatementFacts statement = facts_of(file.proof.statement);
  const std::string digest = proof_digest(file.proof).hex();
  if (options.json) {
    json segments = json::array();
    for (size_t i = 0; i < file.proof.records.size(); ++i) {
      json parts = json::array();
      for (const PublicPart& part : file.proof.records[i].parts) {
        parts.push_back({{"chip", chip_name(part.chip)},
                         {"log_height", part.log_height},
                         {"range_begin", part.range_begin},
                         {"range_end", part.range_end}});
      }
      const size_t bytes = i < file.proof.segments.size() ? file.proof.segments[i].size() : 0;
      segments.push_back({{"parts", parts}, {"bytes", bytes}});
    }
    const json result = {{"kind", "proof"},
                         {"verified", false},
                         {"statement", to_json(statement)},
                         {"hash", hash_name(file.proof.hash)},
                         {"proof_digest", digest},
                         {"segments", segments},
                         {"attributes", file.attributes},
                         {"provenance", provenance_json(file.provenance)}};
    std::cout << result.dump(2, ' ', false, json::error_handler_t::replace) << '\n';
    return 0;
  }
  Rows rows = to_rows(statement);
  rows.push_back({"hash", hash_name(file.proof.hash)});
  rows.push_back({"digest", digest});
  rows.push_back({"checked", "no: this is what the file says, see cairn verify"});
  std::cout << format_table(rows) << "\nsegments\n";
  Rows shapes;
  for (size_t i = 0; i < file.proof.records.size(); ++i) {
    std::string parts;
    for (const PublicPart& part : file.proof.records[i].parts) {
      parts +=
          fmt::format("{}{}:2^{}", parts.empty() ? "" : " ", chip_name(part.chip), part.log_height);
    }
    const size_t bytes = i < file.proof.segments.size() ? file.proof.segments[i].size() : 0;
    shapes.push_back({std::to_string(i), format_bytes(static_cast<double>(bytes)), parts});
  }
  std::cout << format_table(shapes);
  return 0;
}

}  // namespace

int inspect_command(const Options& options) {
  if (std::filesystem::is_directory(options.input)) return inspect_store(options);
  return looks_like_proof(options.input) ? inspect_proof(options) : inspect_pie(options);
}

}  // namespace cairn
