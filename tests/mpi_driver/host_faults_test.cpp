// Runs on several hosts, of which one is lost. The hosts are namespaces of this machine, with
// names, network cards and /dev/shm of their own.
#include <set>
#include <string>

#include "tests/mpi_driver/faults_support.hpp"

namespace cairn {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string on_hosts(const std::string& command) {
  return (source_directory() / "tests/support/virtual_hosts").string() + " 3 " + command;
}

#define NEED_HOSTS()                                \
  if (run_program(on_hosts("true")).exit_code != 0) \
  GTEST_SKIP() << "networks of one's own are not permitted here, or there is no iproute2"

/// A rank on each of the first hosts. Open MPI notices in half a minute that one is gone, not in
/// eight.
std::string mpirun_on_hosts(int ranks, const std::string& environment = "") {
  return mpi_environment("eth0") +
         "OMPI_MCA_oob_tcp_keepalive_time=15 OMPI_MCA_oob_tcp_keepalive_intvl=5 "
         "OMPI_MCA_oob_tcp_keepalive_probes=3 " +
         environment + " mpirun --host host1,host2,host3 -n " + std::to_string(ranks) + " ";
}

/// Runs on three hosts, on which `what` is done as soon as the condition holds.
Ran run_on_hosts_and_then(const std::string& command, const std::string& condition,
                          const std::string& what) {
  return run_program(on_hosts(and_then(command, condition, what)));
}

/// The same command on the two hosts that are left ends as if nothing had happened.
void expect_resumed_on_two_hosts(const Scratch& folder) {
  const Ran ran = run_program(on_hosts(mpirun_on_hosts(2) + prove_command(folder)));
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_EQ(digest_of(folder / "p.h5"), undisturbed());
}

TEST(Faults, HostsShareNoFolder) {
  NEED_HOSTS();
  const Scratch folder;
  // Only rank 0's host has this /dev/shm: the others see neither input nor work nor proof.
  const std::string pie = (test_data() / "pie" / "primes.pie.zip").string();
  const Ran ran = run_program(on_hosts(
      "bash -c 'cp " + pie + " /dev/shm/in.zip && " + mpirun_on_hosts(3) +
      " env CAIRN_SMALLEST_BUNDLE=100000 " + kCairn +
      "prove /dev/shm/in.zip -o /dev/shm/p.h5 --work /dev/shm/work --report /dev/shm/r.json "
      "&& cp /dev/shm/p.h5 /dev/shm/r.json " +
      (folder / ".") + "'"));
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_EQ(digest_of(folder / "p.h5"), undisturbed());
  std::multiset<std::string> hosts;
  const nlohmann::json workers = report(folder)["workers"];
  for (const nlohmann::json& worker : workers) {
    hosts.insert(worker["host"].get<std::string>());
  }
  EXPECT_THAT(hosts, ::testing::ElementsAre("host2", "host3"));
}

TEST(AllFaults, HostThatDiesEndsTheRun) {
  NEED_HOSTS();
  const Scratch folder;
  const Ran ran = run_on_hosts_and_then(
      mpirun_on_hosts(3, "CAIRN_FAULT=1:prove_more:hang,2:prove_more:hang") + prove_command(folder),
      first_proof(folder), "lose_host kill host3");
  EXPECT_NE(ran.exit_code, 0);
  EXPECT_NE(ran.exit_code, 124) << "it hangs\n" << ran.err;
  expect_resumed_on_two_hosts(folder);
}

/// Nobody is told: the host is only silent. What it had is done elsewhere, and the proof is there
/// before mpirun has noticed.
TEST(AllFaults, HostThatIsCutOffIsDoneWithout) {
  NEED_HOSTS();
  const Scratch folder;
  const Ran ran = run_on_hosts_and_then(
      mpirun_on_hosts(3, "CAIRN_FAULT=2:prove_more:hang") + prove_command(folder),
      first_proof(folder), "lose_host cut host3");
  EXPECT_NE(ran.exit_code, 124) << "it hangs\n" << ran.err;
  EXPECT_EQ(digest_of(folder / "p.h5"), undisturbed()) << ran.err;
}

/// What a rank has counted stays with it, so that the run cannot do without.
TEST(AllFaults, HostThatIsCutOffWithItsCountsIsNamed) {
  NEED_HOSTS();
  const Scratch folder;
  const Ran ran = run_on_hosts_and_then(
      mpirun_on_hosts(3, "CAIRN_WATCHDOG_SECONDS=5 CAIRN_FAULT=2:commit:hang") +
          prove_command(folder),
      "ls " + (folder / "work/commits") + "/*.h5 > /dev/null 2>&1", "lose_host cut host3");
  EXPECT_NE(ran.exit_code, 0);
  EXPECT_NE(ran.exit_code, 124) << "it hangs\n" << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("rank 2 (host3"));
  EXPECT_THAT(ran.err, Not(HasSubstr("rank 1")));
  expect_resumed_on_two_hosts(folder);
}

}  // namespace
}  // namespace cairn
