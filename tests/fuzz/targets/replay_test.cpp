// Every fuzz target for seconds: good inputs, and seeded changes of them. What libFuzzer once found
// is a test of its own beside what was mended.
#include <gtest/gtest.h>

#include "tests/fuzz/targets/corpus.hpp"
#include "tests/fuzz/targets/mutate.hpp"

namespace cairn::fuzz {
namespace {

/// How many changes of each good input; a target may not take more than a few seconds under
/// sanitizers.
int changes(const std::string& target) {
  if (target == "proof_file") return 60;  // a process each
  if (target == "messages") return 2000;
  return 120;
}

class Replay : public testing::TestWithParam<Target> {};

TEST_P(Replay, SurvivesGoodAndDamagedInputs) {
  const Target target = GetParam();
  const std::vector<Bytes> good = corpus(target.name);
  ASSERT_FALSE(good.empty());
  Random random(1);
  for (const Bytes& bytes : good) {
    target.run(bytes);
    for (int i = 0; i < changes(target.name); ++i) target.run(mutated(bytes, random));
  }
  target.run({});
}

INSTANTIATE_TEST_SUITE_P(Targets, Replay, testing::ValuesIn(kTargets),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace cairn::fuzz
