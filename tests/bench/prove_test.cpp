#include "tests/bench/bench_program.hpp"

namespace cairn {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

TEST(BenchProve, CountsEachRunByItself) {
  const Ran ran =
      run_bench("prove --repeat 2 --threads 1 --json " + sample_pie("fib.n100.pie.zip"));
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  const json all = json::parse(ran.out);
  EXPECT_EQ(all["what"], "prove");
  EXPECT_TRUE(all["valid"]);
  EXPECT_EQ(all["results"][0]["seconds"].size(), 2u);
  ASSERT_EQ(all["runs"].size(), 2u);
  // The process's time since it began, less what earlier runs took.
  const json &first = all["runs"][0], &second = all["runs"][1];
  EXPECT_GT(first["user_seconds"], 0);
  EXPECT_NEAR(first["user_seconds"].get<double>() + second["user_seconds"].get<double>(),
              second["coordinator"]["user_seconds"].get<double>(), 1e-9);
  EXPECT_GT(second["predicted_bytes"], 0);
  EXPECT_GT(first["page_faults"], 0);
}

TEST(BenchProve, PrintsATable) {
  const Ran ran = run_bench("prove --repeat 1 --hash poseidon " + sample_pie("fib.n100.pie.zip"));
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  for (const char* row : {"constraints", "user CPU", "system CPU", "page faults", "predicted",
                          "M cells/s", "RESULT: VALID rating="}) {
    EXPECT_THAT(ran.out, HasSubstr(row));
  }
  EXPECT_EQ(run_bench("prove nowhere.zip").exit_code, 2);
}

}  // namespace
}  // namespace cairn
