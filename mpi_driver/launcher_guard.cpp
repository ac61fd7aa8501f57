#include "mpi_driver/launcher_guard.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "mpi_driver/usage.hpp"

namespace cairn {
namespace {

constexpr std::array<std::string_view, 4> kLaunchers = {"mpirun", "mpiexec", "orterun", "prterun"};
/// What launchers start processes with on other hosts.
constexpr std::array<std::string_view, 2> kDaemons = {"orted", "prted"};

bool is_one_of(const auto& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// The nearest ancestor that is a launcher, or 0.
pid_t launcher() {
  for (pid_t pid = getppid(); pid > 1;) {
    const std::string status = fmt::format("/proc/{}/status", pid);
    const std::string name = proc_value(status.c_str(), "Name");
    if (is_one_of(kLaunchers, name)) return pid;
    if (is_one_of(kDaemons, name)) return 0;
    pid = static_cast<pid_t>(std::strtol(proc_value(status.c_str(), "PPid").c_str(), nullptr, 10));
  }
  return 0;
}

/// In a copy of a process with other threads: system calls alone.
[[noreturn]] void wait_and_kill(int process, int milliseconds) {
  setsid();  // a launcher kills its ranks by their groups
  // Streams and connections of the rank: while one is open, it has not ended for the launcher.
  dup2(process, 0);
  syscall(SYS_close_range, 1, ~0u, 0);
  pollfd ended{0, POLLIN, 0};
  if (poll(&ended, 1, milliseconds) == 0) {
    syscall(SYS_pidfd_send_signal, 0, SIGKILL, nullptr, 0);
  }
  _exit(0);
}

}  // namespace

void end_launcher_after(std::chrono::seconds patience) {
  const pid_t pid = launcher();
  if (pid == 0) return;
  const auto process = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  if (process < 0) return;
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(patience);
  if (fork() == 0) wait_and_kill(process, static_cast<int>(milliseconds.count()));
  close(process);
}

}  // namespace cairn
