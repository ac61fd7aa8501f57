#include "mpi_driver/launcher_guard.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "mpi_driver/usage.hpp"

namespace cairn {
namespace {

/// What starts ranks: on the host of the command, and on others.
constexpr std::array<std::string_view, 6> kLaunchers = {"mpirun",  "mpiexec", "orterun",
                                                        "prterun", "orted",   "prted"};

/// The nearest ancestor that is a launcher, or 0.
pid_t launcher() {
  for (pid_t pid = getppid(); pid > 1;) {
    const std::string status = fmt::format("/proc/{}/status", pid);
    const std::string name = proc_value(status.c_str(), "Name");
    if (std::find(kLaunchers.begin(), kLaunchers.end(), name) != kLaunchers.end()) return pid;
    pid = static_cast<pid_t>(std::strtol(proc_value(status.c_str(), "PPid").c_str(), nullptr, 10));
  }
  return 0;
}

/// The guard's whole life; `life` ends with the rank's, `process` is the launcher.
[[noreturn]] void guard(int life, int process, int milliseconds) {
  setsid();  // a launcher kills its ranks by their groups
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, nullptr);
  prctl(PR_SET_NAME, "launcher-guard");
  // Nothing of the rank stays open: until its streams are closed, it has not ended for a launcher.
  const int spare = fcntl(process, F_DUPFD, 2);
  dup2(life, 0);
  dup2(spare, 1);
  closefrom(2);
  send(0, "r", 1, MSG_NOSIGNAL);
  std::array<pollfd, 2> ends = {pollfd{0, POLLIN, 0}, pollfd{1, POLLIN, 0}};
  poll(ends.data(), ends.size(), -1);
  char dismissed = 0;
  if (ends[1].revents == 0 && recv(0, &dismissed, 1, 0) == 0 &&
      poll(&ends[1], 1, milliseconds) == 0) {
    syscall(SYS_pidfd_send_signal, 1, SIGKILL, nullptr, 0);
  }
  _exit(0);
}

}  // namespace

LauncherGuard::LauncherGuard(std::chrono::seconds patience) {
  const pid_t pid = launcher();
  if (pid == 0) return;
  const auto process = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  if (process < 0) return;
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0) {
    const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(patience);
    if (fork() == 0) guard(ends[0], process, static_cast<int>(milliseconds.count()));
    close(ends[0]);
    life_ = ends[1];
    char ready = 0;
    recv(life_, &ready, 1, 0);  // it is out of the launcher's reach
  }
  close(process);
}

LauncherGuard::~LauncherGuard() {
  if (life_ >= 0) close(life_);
}

void LauncherGuard::dismiss() {
  if (life_ >= 0) send(life_, "d", 1, MSG_NOSIGNAL);
}

}  // namespace cairn
