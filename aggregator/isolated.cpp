#include "aggregator/isolated.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <span>
#include <string>

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace cairn {
namespace {

constexpr rlim_t kCpuSeconds = 60;
constexpr int kThrew = 1;

void write_all(int descriptor, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) _exit(kThrew);
    bytes = bytes.subspan(static_cast<size_t>(written));
  }
}

/// Private memory of this process in bytes, as the kernel counts it for RLIMIT_DATA.
uint64_t data_bytes() {
  std::ifstream in("/proc/self/statm");
  uint64_t pages[6] = {};  // size, resident, shared, text, lib, data
  for (uint64_t& count : pages) in >> count;
  return pages[5] * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

[[noreturn]] void child(int descriptor, const std::function<std::vector<std::byte>()>& work,
                        uint64_t max_bytes) {
  // A crash is an answer here: no core file, no report of a sanitizer's or a library's handlers.
  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  const rlimit cpu{kCpuSeconds, kCpuSeconds};
  setrlimit(RLIMIT_CPU, &cpu);
  // A file may ask its parser for any amount of memory: it gets none that the file could not fill.
  const rlim_t memory = data_bytes() + 4 * max_bytes + (uint64_t{256} << 20);
  const rlimit data{memory, memory};
  setrlimit(RLIMIT_DATA, &data);
  for (const int signal : {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL}) std::signal(signal, SIG_DFL);
  try {
    write_all(descriptor, work());
    _exit(0);
  } catch (const std::exception& error) {
    const std::string sentence = error.what();
    write_all(descriptor, std::as_bytes(std::span(sentence)));
    _exit(kThrew);
  }
}

}  // namespace

Result<std::vector<std::byte>> run_isolated(const std::function<std::vector<std::byte>()>& work,
                                            uint64_t max_bytes) {
  int ends[2];
  if (pipe(ends) != 0) throw Error(Code::kOutOfResource, fmt::format("pipe: {}", strerror(errno)));
  const pid_t pid = fork();
  if (pid < 0) throw Error(Code::kOutOfResource, fmt::format("fork: {}", strerror(errno)));
  if (pid == 0) {
    close(ends[0]);
    child(ends[1], work, max_bytes);
  }
  close(ends[1]);
  std::vector<std::byte> bytes;
  for (;;) {
    constexpr size_t kChunk = size_t{1} << 20;
    const size_t before = bytes.size();
    bytes.resize(before + kChunk);
    const ssize_t got = read(ends[0], bytes.data() + before, kChunk);
    bytes.resize(before + static_cast<size_t>(got > 0 ? got : 0));
    if (got == 0 || (got < 0 && errno != EINTR)) break;
    if (bytes.size() > max_bytes) {
      kill(pid, SIGKILL);
      break;
    }
  }
  close(ends[0]);
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
  return Error(Code::kBadInput, WIFSIGNALED(status)
                                    ? fmt::format("reading it died of signal {}", WTERMSIG(status))
                                    : std::string("reading it failed"));
}

}  // namespace cairn
