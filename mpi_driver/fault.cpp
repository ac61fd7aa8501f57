#include "mpi_driver/fault.hpp"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <string>
#include <thread>

#include <fmt/format.h>

#include "core/error.hpp"

namespace cairn {
namespace {

bool asked_for(const std::string& fault) {
  const char* wanted = std::getenv("CAIRN_FAULT");
  return wanted != nullptr &&
         fmt::format(",{},", wanted).find(fmt::format(",{},", fault)) != std::string::npos;
}

}  // namespace

void fault_point(int rank, std::string_view phase) {
  if (std::getenv("CAIRN_FAULT") == nullptr) return;
  if (asked_for(fmt::format("{}:{}", rank, phase))) {
    throw Error(Code::kOutOfResource, fmt::format("rank {}: fault asked for in {}", rank, phase));
  }
  if (fault_is(rank, phase, "kill")) std::raise(SIGKILL);
  if (fault_is(rank, phase, "stop")) std::raise(SIGUSR1);
  while (fault_is(rank, phase, "hang")) std::this_thread::sleep_for(std::chrono::seconds(1));
}

bool fault_is(int rank, std::string_view phase, std::string_view kind) {
  return asked_for(fmt::format("{}:{}:{}", rank, phase, kind));
}

void slow_down(int rank, std::string_view phase, double seconds) {
  constexpr double kFactor = 19;
  if (!fault_is(rank, phase, "slow")) return;
  std::this_thread::sleep_for(std::chrono::duration<double>(kFactor * seconds));
}

}  // namespace cairn
