// Runs that are asked to stop: by the end of their Slurm job, by a file, by signals to mpirun.
#include <chrono>

#include "tests/mpi_driver/faults_support.hpp"

namespace cairn {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;

/// Both workers prove a segment, and never come back from the next one.
const std::string kStuck = "CAIRN_FAULT=1:prove_more:hang,2:prove_more:hang ";

/// Ended soon, with nothing half-written, and the same command goes on.
void expect_work_kept(const Scratch& folder, const Ran& ran) {
  EXPECT_NE(ran.exit_code, 124) << "it hangs\n" << ran.err;
  EXPECT_EQ(folder.entries(), 1u) << "more than the work folder";
  EXPECT_LT(inspect(folder)["segments_proven"], inspect(folder)["segments"]);
  expect_rest_proven(folder);
}

TEST(Faults, FileNamedStopEndsTheRun) {
  const Scratch folder;
  const Ran ran = run_and_then(mpirun(3, kStuck + "CAIRN_GRACE_SECONDS=1") + prove_command(folder),
                               first_proof(folder), "touch " + (folder / "work/stop"));
  expect_one_line(ran, 5, "stopped in prove by " + (folder / "work/stop"));
  EXPECT_GE(inspect(folder)["segments_proven"], 1);
  EXPECT_EQ(inspect(folder)["locked_by"], nullptr);
  expect_work_kept(folder, ran);
}

TEST(Faults, EndOfTheSlurmJobEndsTheRun) {
  const Scratch folder;
  // It stops a minute before the end, so a few seconds from now.
  const auto end = std::chrono::system_clock::now() + std::chrono::seconds(63);
  const std::string environment = fmt::format("{}CAIRN_GRACE_SECONDS=1 SLURM_JOB_END_TIME={} ",
                                              kStuck, std::chrono::system_clock::to_time_t(end));
  const Ran ran = run_program(mpirun(3, environment) + prove_command(folder));
  expect_one_line(ran, 5, "by the end of the Slurm job in ");
  EXPECT_THAT(ran.err, HasSubstr("no more work is handed out"));
  EXPECT_LE(inspect(folder)["segments_proven"], 2);
  EXPECT_EQ(inspect(folder)["locked_by"], nullptr);
  expect_work_kept(folder, ran);
}

/// mpirun's own code once SIGTERM or SIGINT has reached it, whatever its ranks ended with: 1 of
/// Open MPI 4, 128 + n of others.
const auto kMpirunEnded = AnyOf(1, 143, 130);

TEST(Faults, SigtermToMpirunEndsAllRanks) {
  const Scratch folder;
  const Ran ran = run_and_then(mpirun(3, kStuck) + prove_command(folder), first_proof(folder),
                               "kill -TERM $child");
  EXPECT_THAT(ran.exit_code, kMpirunEnded) << ran.err;
  EXPECT_GE(inspect(folder)["segments_proven"], 1);
  expect_work_kept(folder, ran);
}

TEST(Faults, SigtermToRank0UnderMpirunIsHeededAtOnce) {
  const Scratch folder;
  // The grace would be 20 s, but mpirun does not give its ranks that much.
  const std::string rank0 =
      "kill -TERM $(sed -n \"s/.*process.: \\([0-9]*\\),/\\1/p\" " + (folder / "work/lock") + ")";
  const Ran ran =
      run_and_then(mpirun(3, kStuck) + prove_command(folder), first_proof(folder), rank0);
  expect_one_line(ran, 5, "stopped in prove by SIGTERM");
  EXPECT_EQ(inspect(folder)["locked_by"], nullptr);
  expect_work_kept(folder, ran);
}

TEST(AllFaults, SignalToMpirunInEachPhase) {
  struct Case {
    std::string fault;
    const char *condition, *signal;
  };
  // The ranks that hang keep the run in the phase.
  for (const Case& one :
       {Case{"CAIRN_FAULT=1:setup:hang ", "test -e {}/manifest.json", "TERM"},
        Case{"CAIRN_FAULT=2:commit:hang ", "ls {}/commits/*.h5 > /dev/null 2>&1", "TERM"},
        Case{"CAIRN_FAULT=2:sum:hang ", "ls {}/commits/*.h5 > /dev/null 2>&1", "TERM"},
        Case{kStuck, "ls {}/segments/*.h5 > /dev/null 2>&1", "INT"},
        Case{"CAIRN_FAULT=0:verify:hang ", "ls {}/nodes/*.h5 > /dev/null 2>&1", "TERM"},
        Case{"CAIRN_FAULT=0:write:hang ", "ls {}/nodes/*.h5 > /dev/null 2>&1", "TERM"}}) {
    SCOPED_TRACE(one.fault);
    const Scratch folder;
    const Ran ran = run_and_then(mpirun(3, one.fault) + prove_command(folder),
                                 fmt::format(fmt::runtime(one.condition), folder / "work"),
                                 std::string("kill -") + one.signal + " $child");
    EXPECT_THAT(ran.exit_code, kMpirunEnded) << ran.err;
    EXPECT_EQ(folder.entries(), 1u);
    expect_rest_proven(folder);
  }
}

TEST(AllFaults, Sigusr1ToMpirunReachesTheRanks) {
  const Scratch folder;
  const Ran ran = run_and_then(mpirun(3, kStuck + "CAIRN_GRACE_SECONDS=1") + prove_command(folder),
                               first_proof(folder), "kill -USR1 $child");
  EXPECT_EQ(ran.exit_code, 5) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("cairn: stopped in prove by "));
  EXPECT_EQ(inspect(folder)["locked_by"], nullptr);
  expect_work_kept(folder, ran);
}

}  // namespace
}  // namespace cairn
