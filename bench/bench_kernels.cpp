// The kernels that proving spends itself on, beside what the machine can do at best in the same
// run.
#include <chrono>
#include <cstring>
#include <functional>
#include <iostream>
#include <thread>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "bench/bench.hpp"
#include "core/error.hpp"
#include "kernels/buffer.hpp"
#include "kernels/deep.hpp"
#include "kernels/extend.hpp"
#include "kernels/merkle.hpp"
#include "mpi_driver/table.hpp"

namespace cairn::bench {
namespace {

constexpr uint32_t kColumns = 64;

/// One measured thing: `units` of work in `seconds`.
struct Measured {
  std::string name;
  std::string unit;
  double units;
  double seconds;

  double rate() const { return units / seconds; }
};

std::vector<KoalaBear> some_elements(size_t count) {
  std::vector<KoalaBear> values(count);
  uint64_t state = 1;
  for (KoalaBear& value : values) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    value = KoalaBear(static_cast<int64_t>(state >> 34));
  }
  return values;
}

class KernelBench {
 public:
  explicit KernelBench(const BenchOptions& options)
      : options_(options),
        backend_(make_backend(options.prove.backend, {.threads = options.prove.threads}).value()),
        rows_(uint64_t{1} << options.log_height),
        trace_(Buffer<KoalaBear>::from_host(*backend_, some_elements(rows_ * kColumns))),
        extended_(*backend_, 2 * rows_ * kColumns) {}

  std::vector<Measured> run() {
    const double cells = static_cast<double>(rows_) * kColumns;
    measure("copy", "GB/s, read and written", 2e-9 * sizeof(KoalaBear) * cells, [&] {
      backend_->copy(extended_.data(), trace_.data(), rows_ * kColumns * sizeof(KoalaBear));
    });
    measure("extend", "M cells/s (trace cells)", 1e-6 * cells, [&] {
      const uint64_t height = uint64_t{1} << options_.log_height;
      low_degree_extend(*backend_, {trace_.data(), height, extended_.data(), 2 * height,
                                    options_.log_height, kColumns});
    });
    for (const Hash hash : {Hash::kBlake3, Hash::kPoseidon}) {
      measure(fmt::format("merkle {}", hash_name(hash)), "M elements/s", 2e-6 * cells, [&] {
        const MerkleTree tree(*backend_, hash, {matrix()});
        check(!(tree.root() == Digest{}), "a tree has a root");
      });
    }
    const std::vector<KoalaBear> plain = some_elements(kColumns * kExtensionDegree);
    std::vector<KoalaBear5> weights(kColumns);
    for (size_t i = 0; i < plain.size(); ++i) weights[i / 5].c[i % 5] = plain[i];
    const auto coefficients = Buffer<KoalaBear5>::from_host(*backend_, weights);
    Buffer<KoalaBear> sums(*backend_, 2 * rows_ * kExtensionDegree);
    sums.clear();
    measure("weighted sums", "M multiplications/s", 2e-6 * kExtensionDegree * cells, [&] {
      accumulate_columns(*backend_, extended_.data(), 2 * rows_, kColumns, coefficients.data(),
                         sums.data(), 2 * rows_, 2 * rows_);
    });
    return measured_;
  }

  std::string backend_name() const { return std::string(backend_->name()); }

 private:
  Matrix matrix() const {
    return {extended_.data(), options_.log_height, kColumns, 1, 2 * rows_, 0, rows_};
  }

  void measure(const std::string& name, const std::string& unit, double units,
               const std::function<void()>& work) {
    work();  // tables and pages
    backend_->synchronize();
    std::vector<double> seconds;
    for (unsigned i = 0; i < options_.repeat; ++i) {
      const auto start = std::chrono::steady_clock::now();
      work();
      backend_->synchronize();
      seconds.push_back(
          std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    }
    measured_.push_back({name, unit, units, median(seconds)});
  }

  BenchOptions options_;
  std::unique_ptr<Backend> backend_;
  uint64_t rows_;
  Buffer<KoalaBear> trace_;
  Buffer<KoalaBear> extended_;
  std::vector<Measured> measured_;
};

}  // namespace

int bench_kernels(const BenchOptions& options) {
  KernelBench bench(options);
  const std::vector<Measured> measured = bench.run();
  if (options.json) {
    nlohmann::json list = nlohmann::json::array();
    for (const Measured& m : measured) {
      list.push_back(
          {{"name", m.name}, {"unit", m.unit}, {"rate", m.rate()}, {"seconds", m.seconds}});
    }
    const nlohmann::json result = {{"backend", bench.backend_name()},
                                   {"log_height", options.log_height},
                                   {"columns", kColumns},
                                   {"kernels", list}};
    std::cout << result.dump(2) << '\n';
    return 0;
  }
  std::cout << fmt::format("# {}, 2^{} rows of {} columns, median of {}\n", bench.backend_name(),
                           options.log_height, kColumns, options.repeat);
  std::vector<std::vector<std::string>> rows;
  for (const Measured& m : measured) {
    rows.push_back({m.name, fmt::format("{:.1f}", m.rate()), m.unit});
  }
  std::cout << format_table(rows);
  return 0;
}

}  // namespace cairn::bench
