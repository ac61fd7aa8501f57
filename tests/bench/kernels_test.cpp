// Every kernel by every instruction set that there is, on little data: each is checked by the
// program itself, which must say so.
#include <set>

#include "tests/bench/bench_program.hpp"

namespace cairn {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

TEST(BenchKernels, ChecksAllOfThemOnEveryBackend) {
  const Ran ran =
      run_bench("kernels --log-heights 10 --columns 8 --seconds 0 --repeat 2 --json --pie " +
                sample_pie("fib.n100.pie.zip"));
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  const json all = json::parse(ran.out);
  EXPECT_EQ(all["schema"], "cairn-bench 1");
  EXPECT_EQ(all["what"], "kernels");
  EXPECT_TRUE(all["valid"]);
  EXPECT_GE(all["context"]["cores"], 1);

  std::set<std::string> names;
  for (const json& backend : all["backends"]) {
    EXPECT_TRUE(backend["roofs"]["right"]) << backend;
    EXPECT_GT(backend["roofs"]["copied_bytes"], 0);
    const std::string at = backend["backend"].get<std::string>() + " 2^10 ";
    for (const json& result : all["results"]) {
      const std::string name = result["name"];
      if (name.rfind(at, 0) == 0) names.insert(name.substr(at.size()));
    }
    for (const char* kernel :
         {"copy", "extend", "ntt", "inverse ntt", "merkle blake3", "merkle poseidon", "grind",
          "weighted sums", "points", "openings", "deep quotient", "fri fold 8",
          "inverse (extension)", "prefix sum"}) {
      EXPECT_EQ(names.count(kernel), 1u) << at << kernel;
    }
    for (const char* kind : {"constraints ", "lookups ", "fill ", "count "}) {
      size_t found = 0;
      for (const std::string& name : names) found += name.rfind(kind, 0) == 0 ? 1 : 0;
      EXPECT_GE(found, 1u) << at << kind;
    }
    names.clear();
  }
  for (const json& result : all["results"]) {
    EXPECT_TRUE(result["right"]) << result["name"];
    EXPECT_EQ(result["seconds"].size(), 2u);
    EXPECT_GT(result["units_per_second"], 0);
    EXPECT_GE(result["p99"], result["p50"]);
  }
}

TEST(BenchKernels, PrintsATable) {
  const Ran ran = run_bench(
      "kernels --backend scalar --log-heights 10,11 --only sum --seconds 0 --repeat 1 --threads 1");
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("# cpu-scalar, 1 threads; roofs: copy "));
  EXPECT_THAT(ran.out, HasSubstr("# 2^11 rows of 64 columns"));
  EXPECT_THAT(ran.out, HasSubstr("weighted sums"));
  EXPECT_THAT(ran.out, HasSubstr("prefix sum"));
  EXPECT_THAT(ran.out, HasSubstr("RESULT: VALID"));
  EXPECT_EQ(ran.out.find("extend"), std::string::npos);
}

TEST(BenchKernels, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(run_bench("kernels --backend mmx").exit_code, 1);
  EXPECT_EQ(run_bench("kernels --log-heights 40").exit_code, 1);
  EXPECT_EQ(run_bench("").exit_code, 1);
  const Ran missing = run_bench("kernels --pie nowhere.zip");
  EXPECT_EQ(missing.exit_code, 2);
  EXPECT_THAT(missing.err, HasSubstr("nowhere.zip"));
}

}  // namespace
}  // namespace cairn
