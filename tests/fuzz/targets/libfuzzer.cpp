// One libFuzzer program per target; the build names it in CAIRN_FUZZ_TARGET.
#include "tests/fuzz/targets/targets.hpp"

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  cairn::fuzz::CAIRN_FUZZ_TARGET(std::as_bytes(std::span(data, size)));
  return 0;
}
