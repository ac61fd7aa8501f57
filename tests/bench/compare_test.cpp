// Comparisons of files written by hand.
#include "tests/bench/bench_program.hpp"

namespace cairn {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

json measurement(const std::vector<double>& seconds) {
  return {{"schema", "cairn-bench 1"},
          {"what", "prove"},
          {"valid", true},
          {"context", {{"host", "here"}, {"cores", 2}}},
          {"results", {{{"name", "prove"}, {"input", "0x1"}, {"seconds", seconds}}}}};
}

class BenchCompare : public ::testing::Test {
 protected:
  Ran compare(const json& before, const json& after, const std::string& options = "") {
    write_text(folder_ / "old.json", before.dump());
    write_text(folder_ / "new.json", after.dump());
    return run_bench("compare " + (folder_ / "old.json") + " " + (folder_ / "new.json") + options);
  }
  Scratch folder_;
};

TEST_F(BenchCompare, DecidesByMediansAndTolerance) {
  const json before = measurement({1.0, 1.2, 0.9});

  const Ran same = compare(before, measurement({1.01, 1.1, 0.9}));
  EXPECT_EQ(same.exit_code, 0) << same.err;
  EXPECT_THAT(same.out, HasSubstr("1.010"));
  EXPECT_THAT(same.out, HasSubstr("RESULT: 0 of 1 slower than the tolerance of 5.0 %"));

  const Ran slower = compare(before, measurement({1.5, 1.4, 1.6}));
  EXPECT_EQ(slower.exit_code, 3);
  EXPECT_THAT(slower.out, HasSubstr("SLOWER"));
  EXPECT_THAT(slower.out, HasSubstr("1.167 .. 1.778"));  // quartiles against opposite ones

  EXPECT_EQ(compare(before, measurement({1.5, 1.4, 1.6}), " --tolerance 60").exit_code, 0);
  EXPECT_THAT(compare(before, measurement({0.5})).out, HasSubstr("faster"));
  EXPECT_EQ(compare(before, measurement({1.051}), " --tolerance 5").exit_code, 3);
  EXPECT_EQ(compare(before, measurement({1.049}), " --tolerance 5").exit_code, 0);
}

TEST_F(BenchCompare, SaysWhatDiffers) {
  json after = measurement({1.0});
  after["context"]["host"] = "there";
  after["results"].push_back({{"name", "more"}, {"seconds", {1.0}}});
  const Ran ran = compare(measurement({1.0}), after);
  EXPECT_EQ(ran.exit_code, 0);
  EXPECT_THAT(ran.out, HasSubstr("# host differs: \"here\" and \"there\""));
  EXPECT_THAT(ran.out, HasSubstr("in one file only"));
}

TEST_F(BenchCompare, RefusesWhatCannotBeCompared) {
  const json good = measurement({1.0});
  const auto refused = [&](const json& bad, int code, const char* words) {
    const Ran ran = compare(good, bad);
    EXPECT_EQ(ran.exit_code, code) << bad;
    EXPECT_THAT(ran.err, HasSubstr(words));
  };
  json bad = good;
  bad["what"] = "kernels";
  refused(bad, 2, "what was measured");
  bad = good;
  bad["results"][0]["input"] = "0x2";
  refused(bad, 2, "different inputs");
  bad = good;
  bad["valid"] = false;
  refused(bad, 3, "not valid");
  bad = good;
  bad["results"][0]["name"] = "other";
  refused(bad, 2, "no result in common");
  bad = good;
  bad["results"][0]["seconds"] = {"fast"};
  refused(bad, 2, "without name and seconds");
  refused(json{{"schema", "else"}}, 2, "not a measurement");
  EXPECT_EQ(run_bench("compare nowhere.json nowhere.json").exit_code, 2);
}

}  // namespace
}  // namespace cairn
