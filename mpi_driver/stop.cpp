#include "mpi_driver/stop.hpp"

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>

#include <fmt/format.h>

#include "core/error.hpp"

namespace cairn {
namespace {

/// Atomic: a signal may come to another thread than the one that asks.
std::atomic<int> caught = 0;
static_assert(std::atomic<int>::is_always_lock_free, "a signal handler writes it");
bool under_mpirun = false;

/// A second SIGTERM ends the process as it would any other.
void note(int signal) {
  if (signal == SIGTERM && caught == SIGTERM) std::signal(signal, SIG_DFL), std::raise(signal);
  caught = signal;
}

/// Is there such a variable?
bool read_seconds(const char* name, double& value) {
  const char* text = std::getenv(name);
  if (text == nullptr || *text == '\0') return false;
  char* end = nullptr;
  const double seconds = std::strtod(text, &end);
  if (*end != '\0' || !(seconds >= 0)) {
    throw Error(Code::kUsage, fmt::format("{}: \"{}\" is not a number of seconds", name, text));
  }
  value = seconds;
  return true;
}

}  // namespace

void catch_stop_signals() {
  struct sigaction action {};
  action.sa_handler = note;
  action.sa_flags = SA_RESTART;
  sigaction(SIGTERM, &action, nullptr);
  sigaction(SIGUSR1, &action, nullptr);
  std::signal(SIGXFSZ, SIG_IGN);  // then the write fails, and says so
  // MPI_Init sets it as well, where srun has started the ranks.
  under_mpirun = std::getenv("OMPI_COMM_WORLD_SIZE") != nullptr;
}

std::optional<std::string> stop_signal() {
  const int signal = caught;
  if (signal == 0) return std::nullopt;
  return signal == SIGTERM ? "SIGTERM" : "SIGUSR1";
}

TimeRules TimeRules::from_environment() {
  TimeRules rules;
  if (read_seconds("CAIRN_GRACE_SECONDS", rules.grace)) {
    rules.term_grace = rules.grace;
  } else if (under_mpirun) {
    rules.term_grace = 0;
  }
  read_seconds("CAIRN_STOP_MARGIN", rules.margin);
  read_seconds("CAIRN_WATCHDOG_SECONDS", rules.watchdog);
  read_seconds("SLURM_JOB_END_TIME", rules.end);
  return rules;
}

double wall_clock() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace cairn
