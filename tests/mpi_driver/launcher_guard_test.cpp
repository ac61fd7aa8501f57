#include "mpi_driver/launcher_guard.hpp"

#include <csignal>

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace cairn {
namespace {

using std::chrono::seconds;

void end_well(LauncherGuard& guard) {
  guard.dismiss();
  _exit(0);
}

void end_at_once(LauncherGuard& /*guard*/) { _exit(0); }

void be_killed(LauncherGuard& /*guard*/) { raise(SIGKILL); }

/// As mpirun ends its ranks.
void be_ended_with_its_group(LauncherGuard& /*guard*/) { kill(0, SIGTERM); }

/// A process of this name that starts one with a guard, and does `rest` when that has ended.
/// Returns how it ended.
int status_of_launcher(const char* name, seconds patience, void (*rank)(LauncherGuard&),
                       void (*rest)()) {
  const pid_t launcher = fork();
  if (launcher == 0) {
    prctl(PR_SET_NAME, name);
    const pid_t child = fork();
    if (child == 0) {
      setpgid(0, 0);
      LauncherGuard guard(patience);
      rank(guard);
    }
    waitpid(child, nullptr, 0);
    rest();
    _exit(0);
  }
  int status = 0;
  waitpid(launcher, &status, 0);
  return status;
}

void wait_for_ever() { pause(); }

void wait_a_little() { usleep(300'000); }

void expect_killed(int status) {
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGKILL);
}

TEST(LauncherGuard, EndsALauncherThatWaitsForEver) {
  for (const char* name : {"mpirun", "orted"}) {
    for (auto* rank : {end_at_once, be_killed, be_ended_with_its_group}) {
      expect_killed(status_of_launcher(name, seconds(1), rank, wait_for_ever));
    }
  }
}

TEST(LauncherGuard, LeavesOneAloneThatEnds) {
  EXPECT_EQ(status_of_launcher("mpirun", seconds(60), be_killed, [] {}), 0);
}

TEST(LauncherGuard, LeavesOneAloneWhoseRankEndedWell) {
  EXPECT_EQ(status_of_launcher("mpirun", seconds(0), end_well, wait_a_little), 0);
}

TEST(LauncherGuard, LeavesOtherProcessesAlone) {
  EXPECT_EQ(status_of_launcher("bash", seconds(0), be_killed, wait_a_little), 0);
}

}  // namespace
}  // namespace cairn
