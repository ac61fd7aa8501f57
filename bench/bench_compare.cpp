// Two files of one measurement side by side: ratios of medians, with their spread.
#include <fstream>
#include <iostream>
#include <map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "bench/bench.hpp"
#include "bench/context.hpp"
#include "bench/timing.hpp"
#include "core/error.hpp"
#include "mpi_driver/progress.hpp"
#include "mpi_driver/table.hpp"

namespace cairn::bench {
namespace {

using nlohmann::json;

json read_measurement(const std::string& file) {
  std::ifstream in(file);
  if (!in) throw Error(Code::kBadInput, fmt::format("{}: cannot open", file));
  json all = json::parse(in, nullptr, false);
  if (all.is_discarded() || !all.is_object() || all.value("schema", "") != kSchema ||
      !all.value("results", json()).is_array()) {
    throw Error(Code::kBadInput,
                fmt::format("{}: not a measurement of \"{}\", as `cairn bench ... --json` and "
                            "sweep.json are",
                            file, kSchema));
  }
  for (const json& result : all["results"]) {
    const json seconds = result.value("seconds", json());
    bool numbers = result.contains("name") && result["name"].is_string() && seconds.is_array();
    for (const json& value : seconds) numbers = numbers && value.is_number() && value > 0;
    if (!numbers) {
      throw Error(Code::kBadInput, fmt::format("{}: a result without name and seconds", file));
    }
  }
  return all;
}

void require_alike(const CompareOptions& options, const json& before, const json& after) {
  const auto same = [&](const json& a, const json& b, const char* what) {
    if (a != b) {
      throw Error(Code::kBadInput,
                  fmt::format("{} and {} differ in {}: {} and {}", options.old_file,
                              options.new_file, what, a.dump(), b.dump()));
    }
  };
  same(before["what"], after["what"], "what was measured");
  same(before.value("columns", json()), after.value("columns", json()), "columns");
  same(before.value("mode", json()), after.value("mode", json()), "mode");
  const auto require_valid = [](const std::string& file, const json& measured) {
    if (!measured.value("valid", false)) {
      throw Error(Code::kInvalidProof, fmt::format("{}: the measurement is not valid", file));
    }
  };
  require_valid(options.old_file, before);
  require_valid(options.new_file, after);
}

struct Ratio {
  double middle, low, high;  // new over old: of medians; of opposite quartiles
};

Ratio ratio_of(const json& before, const json& after) {
  const std::vector<double> a = before["seconds"], b = after["seconds"];
  return {median(b) / median(a), quantile(b, 0.25) / quantile(a, 0.75),
          quantile(b, 0.75) / quantile(a, 0.25)};
}

/// Says what makes two machines, or two states of one, hard to compare.
void print_contexts(const json& before, const json& after) {
  for (const char* key : {"host", "processor", "cores", "memory"}) {
    const json a = before["context"].value(key, json()), b = after["context"].value(key, json());
    if (a != b) std::cout << fmt::format("# {} differs: {} and {}\n", key, a.dump(), b.dump());
  }
}

}  // namespace

int bench_compare(const CompareOptions& options) {
  const json before = read_measurement(options.old_file),
             after = read_measurement(options.new_file);
  require_alike(options, before, after);
  print_contexts(before, after);
  std::map<std::string, const json*> old_results;
  for (const json& result : before["results"]) old_results[result["name"]] = &result;

  std::vector<std::vector<std::string>> rows = {
      {"", "old", "new", "new / old", "spread", "verdict"}};
  size_t slower = 0, compared = 0;
  for (const json& result : after["results"]) {
    const std::string name = result["name"];
    const auto found = old_results.find(name);
    if (found == old_results.end() || result["seconds"].empty() ||
        (*found->second)["seconds"].empty()) {
      rows.push_back({name, "-", "-", "-", "-", "in one file only"});
      if (found != old_results.end()) old_results.erase(found);
      continue;
    }
    const json& old = *found->second;
    if (old.value("input", json()) != result.value("input", json())) {
      throw Error(Code::kBadInput, fmt::format("{}: the files prove different inputs", name));
    }
    old_results.erase(found);
    const Ratio ratio = ratio_of(old, result);
    const bool beyond = ratio.middle > 1 + options.tolerance / 100;
    slower += beyond ? 1 : 0;
    ++compared;
    rows.push_back({name, format_seconds(median(old["seconds"])),
                    format_seconds(median(result["seconds"])), fmt::format("{:.3f}", ratio.middle),
                    fmt::format("{:.3f} .. {:.3f}", ratio.low, ratio.high),
                    beyond           ? "SLOWER"
                    : ratio.high < 1 ? "faster"
                    : ratio.low > 1  ? "slower, tolerated"
                                     : "same"});
  }
  for (const auto& [name, unused] : old_results) {
    rows.push_back({name, "-", "-", "-", "-", "in one file only"});
  }
  if (compared == 0) throw Error(Code::kBadInput, "the files have no result in common");
  std::cout << format_table(rows, true);
  std::cout << fmt::format("RESULT: {} of {} slower than the tolerance of {:.1f} %\n", slower,
                           compared, options.tolerance);
  return static_cast<int>(slower == 0 ? Code::kOk : Code::kInvalidProof);
}

}  // namespace cairn::bench
