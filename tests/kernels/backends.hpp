// The backends that every kernel's test runs on: each CPU instruction set that this machine has,
// the scalar one beside the widest, and the device where there is one.
#pragma once

#include <memory>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/koala_bear.hpp"
#include "core/quintic.hpp"
#include "kernels/backend_cpu.hpp"
#include "kernels/backend_dual.hpp"
#include "kernels/buffer.hpp"

namespace cairn::test {

/// Names of the backends; those of the device are left out where there is none.
inline std::vector<std::string> backend_names() {
  std::vector<std::string> names;
  for (const CpuTarget* target : available_targets()) names.emplace_back(target->name);
  names.emplace_back("dual");
  if (make_backend("cuda", {}).ok()) names.emplace_back("cuda");
  return names;
}

/// The dual backend stays on the CPU here: the device has its own name.
inline std::unique_ptr<Backend> backend_of(const std::string& name, unsigned threads = 2) {
  if (name == "cuda") return make_backend("cuda", {}).value();
  if (name != "dual") {
    return std::make_unique<CpuBackend>(*choose_target(name).value(), threads, 0);
  }
  return make_dual_backend(backend_of("scalar", threads),
                           backend_of(available_targets().best().name, threads));
}

/// Fixture of tests that run on every backend: TEST_P(Thing, DoesIt) and
/// CAIRN_ON_EVERY_BACKEND(Thing).
class BackendTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override { backend_ = backend_of(GetParam()); }
  Backend& backend() { return *backend_; }

  template <class T>
  Buffer<T> upload(const std::vector<T>& values) {
    return Buffer<T>::from_host(*backend_, values);
  }

 private:
  std::unique_ptr<Backend> backend_;
};

#define CAIRN_ON_EVERY_BACKEND(Suite)                                                          \
  INSTANTIATE_TEST_SUITE_P(Backends, Suite, testing::ValuesIn(::cairn::test::backend_names()), \
                           [](const auto& info) { return info.param; })

/// Seeded field elements; the first ones are the edges 0, 1 and p - 1.
inline std::vector<KoalaBear> random_elements(size_t count, uint32_t seed = 1) {
  std::mt19937 generator(seed);
  std::vector<KoalaBear> values(count);
  for (KoalaBear& x : values) x = KoalaBear(static_cast<int64_t>(generator()));
  const KoalaBear edges[] = {KoalaBear(0), KoalaBear(1), KoalaBear(-1)};
  for (size_t i = 0; i < 3 && i < count; ++i) values[i] = edges[i];
  return values;
}

}  // namespace cairn::test
