#include "aggregator/isolated.hpp"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace cairn {
namespace {

constexpr const char* kThisProgram = "/proc/self/exe";
constexpr const char* kFlag = "--isolated-task";  // followed by a task's name and its most bytes
constexpr rlim_t kCpuSeconds = 60;
constexpr int kThrew = 1;

constinit const IsolatedTask* all_tasks = nullptr;
bool main_knows = false;  // else the process started for a task would begin the program anew

Error system_error(const char* what) {
  return {Code::kOutOfResource, fmt::format("{}: {}", what, strerror(errno))};
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() { close_now(); }

  int number() const { return number_; }
  void close_now() {
    if (number_ >= 0) close(number_);
    number_ = -1;
  }

 private:
  int number_;
};

/// False, with errno, when they cannot all be written.
bool write_all(int descriptor, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes = bytes.subspan(static_cast<size_t>(written));
  }
  return true;
}

/// Up to the end of the file, or a little more than `max_bytes`.
std::vector<std::byte> read_all(int descriptor, uint64_t max_bytes) {
  std::vector<std::byte> bytes;
  while (bytes.size() <= max_bytes) {
    constexpr size_t kChunk = size_t{1} << 20;
    const size_t before = bytes.size();
    bytes.resize(before + kChunk);
    const ssize_t got = read(descriptor, bytes.data() + before, kChunk);
    bytes.resize(before + static_cast<size_t>(got > 0 ? got : 0));
    if (got == 0 || (got < 0 && errno != EINTR)) break;
  }
  return bytes;
}

/// A file in memory, read from its begin: the process that reads it never waits for its writer.
Descriptor request_file(std::span<const std::byte> request) {
  Descriptor file(memfd_create("request", MFD_CLOEXEC));
  if (file.number() < 0 || !write_all(file.number(), request) ||
      lseek(file.number(), 0, SEEK_SET) != 0) {
    throw system_error("a request to a reading process");
  }
  return file;
}

constexpr int kCrashes[] = {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL};

/// A signal that asks the job to stop goes to all its processes: what is being read is not torn
/// because its reader was told to end.
sigset_t all_but_crashes() {
  sigset_t signals;
  sigfillset(&signals);
  for (const int signal : kCrashes) sigdelset(&signals, signal);
  for (const int signal : {SIGXCPU, SIGALRM}) sigdelset(&signals, signal);
  return signals;
}

/// Starts this program for a task, with these as its standard input and output.
pid_t start(const char* task, uint64_t max_bytes, int request, int answer) {
  std::string program = kThisProgram;
  std::string flag = kFlag;
  std::string name = task;
  std::string limit = std::to_string(max_bytes);
  char* const arguments[] = {program.data(), flag.data(), name.data(), limit.data(), nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, request, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, answer, STDOUT_FILENO);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  const sigset_t blocked = all_but_crashes();
  posix_spawnattr_setsigmask(&attributes, &blocked);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  pid_t pid = 0;
  errno = posix_spawn(&pid, kThisProgram, &actions, &attributes, arguments, environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (errno != 0) throw system_error("starting a reading process");
  return pid;
}

/// Private memory of this process in bytes, as the kernel counts it for RLIMIT_DATA.
uint64_t data_bytes() {
  std::ifstream in("/proc/self/statm");
  uint64_t pages[6] = {};  // size, resident, shared, text, lib, data
  for (uint64_t& count : pages) in >> count;
  return pages[5] * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

void set_limit(decltype(RLIMIT_CPU) resource, rlim_t most) {
  const rlimit limit{most, most};
  setrlimit(resource, &limit);
}

[[noreturn]] void answer(IsolatedTask::Work work, unsigned seconds, uint64_t max_bytes) {
  // A crash is an answer here: no core file, no report of a sanitizer's or a library's handlers.
  set_limit(RLIMIT_CORE, 0);
  for (const int signal : kCrashes) std::signal(signal, SIG_DFL);
  set_limit(RLIMIT_CPU, kCpuSeconds);
  alarm(seconds);
  const std::vector<std::byte> request = read_all(STDIN_FILENO, UINT64_MAX);
  // A file may ask its parser for any amount of memory: it gets none that the file could not fill.
  set_limit(RLIMIT_DATA, data_bytes() + 4 * max_bytes + (uint64_t{256} << 20));
  try {
    _exit(write_all(STDOUT_FILENO, work(request)) ? 0 : kThrew);
  } catch (const std::exception& error) {
    const std::string sentence = error.what();
    write_all(STDOUT_FILENO, std::as_bytes(std::span(sentence)));
    _exit(kThrew);
  }
}

}  // namespace

IsolatedTask::IsolatedTask(const char* name, Work work, unsigned seconds)
    : name_(name), work_(work), seconds_(seconds), next_(std::exchange(all_tasks, this)) {}

Result<std::vector<std::byte>> IsolatedTask::run(std::span<const std::byte> request,
                                                 uint64_t max_bytes) const {
  check(main_knows, "main() begins with run_isolated_task()");
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw system_error("pipe");
  const Descriptor from(ends[0]);
  Descriptor to(ends[1]);
  const pid_t pid = start(name_, max_bytes, request_file(request).number(), to.number());
  to.close_now();  // the other process alone holds it: its end is the end of the bytes
  std::vector<std::byte> bytes = read_all(from.number(), max_bytes);
  if (bytes.size() > max_bytes) kill(pid, SIGKILL);
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (bytes.size() > max_bytes) {
    return Error(Code::kBadInput, fmt::format("reading it gives more than {} bytes", max_bytes));
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return bytes;
  if (WIFEXITED(status) && WEXITSTATUS(status) == kThrew) {
    return Error(Code::kBadInput,
                 std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  }
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM) {
    return Error(Code::kBadInput, fmt::format("reading it took more than {} s", seconds_));
  }
  return Error(Code::kBadInput, WIFSIGNALED(status)
                                    ? fmt::format("reading it died of signal {}", WTERMSIG(status))
                                    : std::string("reading it failed"));
}

void run_isolated_task(int argc, char** argv) {
  main_knows = true;
  if (argc != 4 || std::string_view(argv[1]) != kFlag) return;
  for (const IsolatedTask* task = all_tasks; task != nullptr; task = task->next_) {
    if (std::string_view(argv[2]) == task->name_) {
      answer(task->work_, task->seconds_, std::strtoull(argv[3], nullptr, 10));
    }
  }
  _exit(static_cast<int>(Code::kBug));
}

}  // namespace cairn
