// One libFuzzer program per target; the build names it in CAIRN_FUZZ_TARGET.
#include "aggregator/isolated.hpp"
#include "tests/fuzz/targets/targets.hpp"

// NOLINTBEGIN(readability-identifier-naming): libFuzzer's names
extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  cairn::run_isolated_task(*argc, *argv);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  cairn::fuzz::CAIRN_FUZZ_TARGET(std::as_bytes(std::span(data, size)));
  return 0;
}
// NOLINTEND(readability-identifier-naming)
