// `--work` as a user meets it, in one process.
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/program.hpp"
#include "tests/support/shared_data.hpp"

namespace cairn {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

/// With bundles so small that the samples have several.
const std::string kCairn = "env CAIRN_SMALLEST_BUNDLE=100000 " + std::string(CAIRN_PROGRAM) + " ";

std::string pie(const char* name) { return (test_data() / "pie" / name).string(); }

class WorkFolder : public ::testing::Test {
 protected:
  Ran prove(const std::string& more = "", const char* input = "fib.n100.pie.zip") {
    return run_program(kCairn + "prove " + pie(input) + " -o " + (folder_ / "p.h5") + " --report " +
                       (folder_ / "r.json") + " --work " + work_ + more);
  }
  json report() const { return json::parse(read_text(folder_ / "r.json")); }
  json inspect() const { return json::parse(run_program(kCairn + "inspect --json " + work_).out); }
  /// The exit code, and one line that says why.
  void expect_refused(const Ran& ran, int exit_code, const std::string& words) {
    EXPECT_EQ(ran.exit_code, exit_code) << ran.err;
    const size_t line = ran.err.rfind("cairn: ");
    ASSERT_NE(line, std::string::npos) << ran.err;
    EXPECT_THAT(ran.err.substr(line), HasSubstr(words));
  }

  const Scratch folder_;
  const std::string work_ = folder_ / "work";
};

TEST_F(WorkFolder, IsResumedInspectedAndCollected) {
  expect_refused(prove(" --resume"), 2, "nothing to resume");
  ASSERT_EQ(prove().exit_code, 0);
  const std::string digest = report()["proof_digest"];
  json seen = inspect();
  EXPECT_EQ(seen["kind"], "store");
  EXPECT_EQ(seen["segments_proven"], seen["segments"]);
  EXPECT_EQ(seen["proof"]["digest"], digest);
  EXPECT_EQ(seen["locked_by"], nullptr);

  const Ran again = prove(" --resume");
  ASSERT_EQ(again.exit_code, 0) << again.err;
  EXPECT_THAT(again.err, HasSubstr("resuming: "));
  EXPECT_EQ(report()["proof_digest"], digest);
  const json made = report();
  for (const json& worker : made["workers"]) EXPECT_TRUE(worker["segments"].empty());

  // A proof that is not there any more is not paid for with the work.
  std::filesystem::rename(folder_ / "p.h5", folder_ / "q.h5");
  expect_refused(run_program(kCairn + "gc " + work_), 2, "nothing is removed");
  EXPECT_EQ(inspect()["segments_proven"], seen["segments"]);
  const Ran gc = run_program(kCairn + "gc --json " + work_ + " --proof " + (folder_ / "q.h5"));
  ASSERT_EQ(gc.exit_code, 0) << gc.err;
  EXPECT_GE(json::parse(gc.out)["files"].get<size_t>(), 2 * seen["segments"].get<size_t>());
  EXPECT_EQ(inspect()["segments_proven"], 0);
  EXPECT_EQ(run_program(kCairn + "inspect " + work_).exit_code, 0);
}

TEST_F(WorkFolder, OfAnotherJobIsRefusedByName) {
  ASSERT_EQ(prove().exit_code, 0);
  expect_refused(prove("", "factorial.n100.pie.zip"), 2, "work on another run");
  expect_refused(prove(" --hash poseidon"), 2, "work with --hash blake3");
  expect_refused(prove(" --memory 2G"), 2, "planned with --memory 0");
  // As if another build had made it.
  const std::string manifest = work_ + "/manifest.json";
  json content = json::parse(read_text(manifest));
  content["job"]["software"] = "cairn 0.0 (other)";
  std::ofstream(manifest) << content.dump();
  expect_refused(prove(), 2, "manifest");
  std::filesystem::remove(manifest);
  expect_refused(prove(), 2, "not a work folder: it holds ");
}

TEST_F(WorkFolder, IsNamedWhenItCannotBeWritten) {
  std::ofstream(work_) << "a file";
  expect_refused(prove(), 4, "work");
}

TEST_F(WorkFolder, HeldByAnotherRunIsRefusedUntilStolen) {
  ASSERT_EQ(prove().exit_code, 0);
  std::ofstream(work_ + "/lock") << R"({"user": "anna", "host": "node7", "process": 5})";
  expect_refused(prove(), 5, "in use by anna@node7, process 5");
  EXPECT_THAT(inspect()["locked_by"].get<std::string>(), HasSubstr("anna@node7"));
  expect_refused(run_program(kCairn + "gc " + work_), 5, "anna@node7");

  const Ran stolen = prove(" --steal-lock");
  EXPECT_EQ(stolen.exit_code, 0) << stolen.err;
  EXPECT_THAT(stolen.err, HasSubstr("took a work folder over"));
}

TEST_F(WorkFolder, IsKeptWhenARunIsStopped) {
  ASSERT_EQ(prove().exit_code, 0);
  const std::string digest = report()["proof_digest"];
  std::filesystem::remove_all(work_);
  const std::string command = kCairn + "prove " + pie("fib.n100.pie.zip") + " -o " +
                              (folder_ / "p.h5") + " --work " + work_;
  expect_refused(run_program("env CAIRN_FAULT=1:prove:stop " + command), 5,
                 "stopped in prove by SIGUSR1");
  EXPECT_EQ(inspect()["segments_committed"], inspect()["segments"]);
  EXPECT_EQ(inspect()["locked_by"], nullptr);
  // A job whose time is nearly over, or that somebody asks to stop by hand.
  expect_refused(run_program("env SLURM_JOB_END_TIME=1000 " + command), 5,
                 "the end of the Slurm job");

  EXPECT_EQ(prove(" --resume").exit_code, 0);
  EXPECT_EQ(report()["proof_digest"], digest);
}

TEST_F(WorkFolder, IsNotNeededToStop) {
  const Ran ran = run_program("env CAIRN_FAULT=1:commit:stop " + kCairn + "prove " +
                              pie("fib.n100.pie.zip") + " -o " + (folder_ / "p.h5"));
  expect_refused(ran, 5, "nothing is kept without --work");
  const Ran usage = run_program("env CAIRN_GRACE_SECONDS=soon " + kCairn + "prove " +
                                pie("fib.n100.pie.zip") + " -o " + (folder_ / "p.h5"));
  expect_refused(usage, 1, "CAIRN_GRACE_SECONDS");
}

}  // namespace
}  // namespace cairn
