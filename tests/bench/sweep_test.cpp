// The sweep with launchers that start one process whatever they are asked for: what is written, and
// what makes it invalid. Under mpirun it is tried by hand.
#include <filesystem>

#include "tests/bench/bench_program.hpp"

namespace cairn {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

const char* const kAlone = " --launcher 'env RANKS={}' ";

TEST(BenchSweep, WritesWhatItMeasured) {
  const Scratch folder;
  const Ran ran = run_bench("sweep --ranks 1,2,3 --repeat 1 -o " + (folder / "s") + kAlone +
                            sample_pie("fib.n100.pie.zip"));
  ASSERT_EQ(ran.exit_code, 0) << ran.out << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("RESULT: VALID rating="));

  const json sweep = json::parse(read_text(folder / "s/sweep.json"));
  EXPECT_EQ(sweep["mode"], "strong");
  EXPECT_TRUE(sweep["valid"]);
  ASSERT_EQ(sweep["results"].size(), 3u);
  for (const json& point : sweep["results"]) {
    EXPECT_EQ(point["runs"].size(), 1u);  // the first is dropped
    EXPECT_TRUE(point["runs"][0]["verified"]);
    EXPECT_EQ(point["median_seconds"], point["seconds"][0]);
    EXPECT_GT(point["model_seconds"], 0);
    EXPECT_FALSE(point["oversubscribed"]);
  }
  EXPECT_EQ(sweep["results"][0]["speed_up"], 1);
  EXPECT_EQ(sweep["results"][2]["workers"], 2);
  EXPECT_EQ(sweep["results"][2]["efficiency"].get<double>() * 2, sweep["results"][2]["speed_up"]);

  const std::string csv = read_text(folder / "s/sweep.csv");
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 4);
  EXPECT_EQ(std::count(csv.begin(), csv.end(), ','), 4 * 14);
  EXPECT_THAT(read_text(folder / "s/sweep.md"), HasSubstr("\n| 3 | 2 | "));
  if (run_program("python3 -c 'import matplotlib'").exit_code == 0) {
    EXPECT_THAT(read_text(folder / "s/strong.svg"), HasSubstr("<svg"));
    EXPECT_THAT(read_text(folder / "s/steps.svg"), HasSubstr("<svg"));
  } else {
    EXPECT_THAT(ran.out, HasSubstr("no plots: python3 has no matplotlib"));
  }
}

TEST(BenchSweep, SaysWhenCoresAreOversubscribed) {
  const Scratch folder;
  const Ran ran = run_bench("sweep --ranks 1 --repeat 1 --threads 256 -o " + (folder / "s") +
                            kAlone + sample_pie("fib.n100.pie.zip"));
  ASSERT_EQ(ran.exit_code, 0) << ran.out << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("OVERSUBSCRIBED"));
}

TEST(BenchSweep, ComparesRatesInWeakScaling) {
  const Scratch folder;
  const Ran ran =
      run_bench("sweep --ranks 2,3 --repeat 1 -o " + (folder / "s") + kAlone +
                sample_pie("fib.n100.pie.zip") + " " + sample_pie("range_check.n100.pie.zip"));
  ASSERT_EQ(ran.exit_code, 0) << ran.out << ran.err;
  const json sweep = json::parse(read_text(folder / "s/sweep.json"));
  EXPECT_EQ(sweep["mode"], "weak");
  EXPECT_NE(sweep["results"][0]["input"], sweep["results"][1]["input"]);
  const auto rate = [&](int i) {
    return sweep["results"][i]["committed_cells"].get<double>() /
           sweep["results"][i]["median_seconds"].get<double>();
  };
  EXPECT_NEAR(sweep["results"][1]["efficiency"].get<double>(), rate(1) / rate(0) / 2, 1e-9);
}

TEST(BenchSweep, IsInvalidWhenARunFails) {
  const Scratch folder;
  write_text(folder / "fail", "#!/bin/sh\necho 'cairn: no such luck' >&2\nexit 5\n");
  const Ran ran =
      run_bench("sweep --ranks 1,2 --repeat 1 -o " + (folder / "s") + " --launcher 'sh " +
                (folder / "fail") + " {}' " + sample_pie("fib.n100.pie.zip"));
  EXPECT_EQ(ran.exit_code, 3);
  EXPECT_THAT(ran.out, HasSubstr("RESULT: INVALID: 1 ranks: exit code 5: cairn: no such luck"));
  EXPECT_THAT(read_text(folder / "s/sweep.md"), HasSubstr("| 1 | 1 | failed |"));
  EXPECT_FALSE(json::parse(read_text(folder / "s/sweep.json"))["valid"]);
}

TEST(BenchSweep, IsInvalidWhenAProofDoesNotVerify) {
  const Scratch folder;
  // Proves another PIE for the second number of ranks: a good proof, but not of what was asked.
  write_text(folder / "other",
             "#!/bin/bash\nranks=$1\nshift\n"
             "if [[ $ranks == 2 ]]; then set -- \"${@/fib.n100/range_check.n100}\"; fi\n"
             "exec \"$@\"\n");
  const std::string launcher = " --launcher 'bash " + (folder / "other") + " {}' ";
  const Ran other = run_bench("sweep --ranks 1,2 --repeat 1 -o " + (folder / "s") + launcher +
                              sample_pie("fib.n100.pie.zip"));
  EXPECT_EQ(other.exit_code, 3);
  EXPECT_THAT(other.out, HasSubstr("RESULT: INVALID: 2 ranks: proof digest"));

  // Cuts the proof off behind the prover's back.
  write_text(folder / "cut",
             "#!/bin/bash\n\"$@\" || exit\nwhile [[ $1 != -o ]]; do shift; done\ntruncate -s 1000 "
             "\"$2\"\n");
  const Ran cut = run_bench("sweep --ranks 1 --repeat 1 -o " + (folder / "s") +
                            " --launcher 'env RANKS={} bash " + (folder / "cut") + "' " +
                            sample_pie("fib.n100.pie.zip"));
  EXPECT_EQ(cut.exit_code, 3);
  EXPECT_THAT(cut.out, HasSubstr("does not verify"));
}

TEST(BenchSweep, RefusesWhatMakesNoSense) {
  const Scratch folder;
  const std::string pie = sample_pie("fib.n100.pie.zip"), out = " -o " + (folder / "s");
  const auto refused = [&](const std::string& arguments, const char* words) {
    const Ran ran = run_bench("sweep " + arguments + out);
    EXPECT_EQ(ran.exit_code, 1) << arguments;
    EXPECT_THAT(ran.err, HasSubstr(words));
  };
  refused(pie + " " + pie + " --ranks 1,2,3", "2 PIEs for 3 numbers of ranks");
  refused(pie + " --ranks 2,1", "ascend");
  refused(pie + " --launcher mpirun", "no {}");
  EXPECT_EQ(folder.entries(), 0u);
}

}  // namespace
}  // namespace cairn
