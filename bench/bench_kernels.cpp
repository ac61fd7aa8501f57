// The kernels that proving spends itself on, by backend and size, beside what the machine can do at
// best in the same run.
#include <iostream>
#include <optional>

#include <fmt/format.h>

#include "bench/bench.hpp"
#include "bench/context.hpp"
#include "bench/filled_image.hpp"
#include "bench/roofs.hpp"
#include "bench/timing.hpp"
#include "core/error.hpp"
#include "kernels/cpu_target.hpp"
#include "kernels/thread_pool.hpp"
#include "mpi_driver/progress.hpp"
#include "mpi_driver/table.hpp"

namespace cairn::bench {

std::vector<KoalaBear> some_elements(size_t count, uint64_t seed) {
  std::vector<KoalaBear> values(count);
  uint64_t state = seed;
  for (KoalaBear& value : values) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    value = KoalaBear(static_cast<int64_t>(state >> 34));
  }
  return values;
}

SharedBlock block_of(Backend& backend, uint32_t columns, uint64_t rows,
                     const std::vector<KoalaBear>& values) {
  auto block = std::make_shared<ColumnBlock>(backend, columns, rows);
  for (uint32_t k = 0; k < columns; ++k) {
    backend.copy_in(block->column(k), values.data() + k * rows, rows * sizeof(KoalaBear));
  }
  return block;
}

KoalaBear5 some_extension(uint64_t seed) {
  const std::vector<KoalaBear> c = some_elements(kExtensionDegree, seed + 1000);
  return {c[0], c[1], c[2], c[3], c[4]};
}

namespace {

using nlohmann::json;

std::vector<std::string> backends_here() {
  std::vector<std::string> names;
  for (const CpuTarget* target : available_targets()) names.emplace_back(target->name);
  if (make_backend("cuda", {}).ok()) names.emplace_back("cuda");
  return names;
}

std::unique_ptr<Backend> open_backend(const std::string& name, unsigned threads) {
  BackendOptions options;
  options.threads = threads;
  if (name == "cuda") return make_backend("cuda", options).value();
  options.simd = name;
  return make_backend("cpu", options).value();
}

json roofs_json(const Roofs& roofs) {
  return {{"copied_bytes", roofs.bytes},
          {"multiplications", roofs.multiplications},
          {"products", roofs.products},
          {"blake3_compressions", roofs.compressions},
          {"poseidon_permutations", roofs.permutations},
          {"transposed_elements", roofs.transposed},
          {"right", roofs.wrong.empty()}};
}

json measure(const KernelCase& one, const KernelOptions& options, Backend& backend,
             const Roofs& roofs) {
  const bool right = one.check();
  const std::vector<double> seconds = repeat_for(options.seconds, options.repeat, [&] {
    one.run();
    backend.synchronize();
  });
  const double middle = median(seconds);
  json result = {{"kernel", one.name},
                 {"unit", one.unit},
                 {"units", one.units},
                 {"seconds", seconds},
                 {"p50", middle},
                 {"p99", quantile(seconds, 0.99)},
                 {"units_per_second", one.units / middle},
                 {"bytes_per_second", one.work.bytes / middle},
                 {"right", right},
                 {"oracle", one.oracle}};
  if (const std::optional<Bound> bound = bound_of(one.work, roofs)) {
    result["roof"] = bound->roof;
    result["share_of_roof"] = bound->seconds / middle;
  }
  return result;
}

std::string rate(double per_second, const std::string& unit) {
  const double scaled = per_second >= 1e9 ? 1e-9 * per_second : 1e-6 * per_second;
  return fmt::format("{:.{}f} {} {}/s", scaled, scaled < 10 ? 2 : 1, per_second >= 1e9 ? "G" : "M",
                     unit);
}

void print_roofs(const std::string& backend, const Roofs& roofs, unsigned threads) {
  std::cout << fmt::format("\n# {}, {} threads; roofs: copy {:.1f} GB/s", backend, threads,
                           1e-9 * roofs.bytes);
  const auto add = [&](const char* name, double per_second, const char* unit) {
    if (per_second > 0) std::cout << fmt::format(", {} {}", name, rate(per_second, unit));
  };
  add("multiply", roofs.multiplications, "elements");
  add("products", roofs.products, "products");
  add("compress", roofs.compressions, "blocks");
  add("permute", roofs.permutations, "states");
  add("transpose", roofs.transposed, "elements");
  std::cout << (roofs.wrong.empty() ? "\n" : "; WRONG: " + roofs.wrong + "\n");
}

std::string text_of(const json& result, const char* key, const char* format, double scale) {
  if (!result.contains(key)) return "-";
  return fmt::format(fmt::runtime(format), scale * result[key].get<double>());
}

void print_kernels(const json& results) {
  std::vector<std::vector<std::string>> rows = {
      {"kernel", "p50", "p99", "n", "rate", "GB/s", "of roof", "roof", "result"}};
  for (const json& r : results) {
    rows.push_back({r["kernel"], format_seconds(r["p50"]), format_seconds(r["p99"]),
                    std::to_string(r["seconds"].size()),
                    rate(r["units_per_second"], r["unit"].get<std::string>()),
                    text_of(r, "bytes_per_second", "{:.1f}", 1e-9),
                    text_of(r, "share_of_roof", "{:.0f} %", 100), r.value("roof", "-"),
                    !r["right"].get<bool>()       ? "WRONG"
                    : r["oracle"] == "definition" ? "right"
                                                  : "= scalar"});
  }
  std::cout << format_table(rows, true);
}

}  // namespace

int bench_kernels(const KernelOptions& options, bool as_json) {
  const json context = context_json();
  std::optional<FilledImage> image;
  if (!options.pie.empty()) image.emplace(options.pie);
  const unsigned threads = options.threads != 0 ? options.threads : usable_threads();
  const std::unique_ptr<Backend> oracle = open_backend("scalar", threads);
  std::vector<MakeCase> makers;
  for (const auto& some : {column_cases(), transform_cases(), hash_cases(), chip_cases()}) {
    makers.insert(makers.end(), some.begin(), some.end());
  }

  if (!as_json) std::cout << context_line(context);
  json backends = json::array(), results = json::array();
  bool right = true;
  for (const std::string& name : options.backends.empty() ? backends_here() : options.backends) {
    const std::unique_ptr<Backend> backend = open_backend(name, threads);
    const Roofs roofs = measure_roofs(*backend, name == "cuda" ? "" : name, threads,
                                      std::min(options.seconds, 0.3));
    right = right && roofs.wrong.empty();
    backends.push_back(
        {{"backend", backend->name()}, {"threads", threads}, {"roofs", roofs_json(roofs)}});
    if (!as_json) print_roofs(std::string(backend->name()), roofs, threads);
    for (const uint32_t log_height : options.log_heights) {
      json of_size = json::array();
      const Setting setting{*backend, *oracle, log_height, options.columns,
                            image ? &*image : nullptr};
      for (const MakeCase make : makers) {
        KernelCase one;
        if (!make(setting, one) || one.name.find(options.only) == std::string::npos) continue;
        json result = measure(one, options, *backend, roofs);
        right = right && result["right"].get<bool>();
        result["name"] = fmt::format("{} 2^{} {}", backend->name(), log_height, one.name);
        of_size.push_back(std::move(result));
      }
      if (!as_json) {
        std::cout << fmt::format("\n# 2^{} rows of {} columns\n", log_height, options.columns);
        print_kernels(of_size);
      }
      for (json& result : of_size) results.push_back(std::move(result));
    }
  }
  if (as_json) {
    const json all = {{"schema", kSchema},    {"what", "kernels"},
                      {"context", context},   {"columns", options.columns},
                      {"backends", backends}, {"results", results},
                      {"valid", right}};
    std::cout << all.dump(2) << '\n';
  } else {
    std::cout << (right ? "RESULT: VALID, every result was checked\n"
                        : "RESULT: INVALID, see WRONG above\n");
  }
  return static_cast<int>(right ? Code::kOk : Code::kInvalidProof);
}

}  // namespace cairn::bench
