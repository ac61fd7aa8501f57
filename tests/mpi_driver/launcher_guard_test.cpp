#include "mpi_driver/launcher_guard.hpp"

#include <csignal>

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace cairn {
namespace {

using std::chrono::seconds;

/// A process of this name that starts one that is about to abort its job, and then does `rest`.
/// Returns how it ended.
int status_of_launcher(const char* name, seconds patience, void (*rest)()) {
  const pid_t launcher = fork();
  if (launcher == 0) {
    prctl(PR_SET_NAME, name);
    const pid_t rank = fork();
    if (rank == 0) {
      end_launcher_after(patience);
      _exit(0);
    }
    waitpid(rank, nullptr, 0);
    rest();
    _exit(0);
  }
  int status = 0;
  waitpid(launcher, &status, 0);
  return status;
}

TEST(LauncherGuard, EndsALauncherThatWaitsForEver) {
  const int status = status_of_launcher("mpirun", seconds(1), [] { pause(); });

  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGKILL);
}

TEST(LauncherGuard, LeavesOneAloneThatEnds) {
  EXPECT_EQ(status_of_launcher("mpirun", seconds(60), [] {}), 0);
}

TEST(LauncherGuard, LeavesOtherProcessesAlone) {
  for (const char* name : {"bash", "orted"}) {
    EXPECT_EQ(status_of_launcher(name, seconds(0), [] { usleep(300'000); }), 0);
  }
}

}  // namespace
}  // namespace cairn
