#include "mpi_driver/fault.hpp"

#include <csignal>
#include <cstdlib>

#include <fmt/format.h>

#include "core/error.hpp"

namespace cairn {

void fault_point(int rank, std::string_view phase) {
  const char* wanted = std::getenv("CAIRN_FAULT");
  if (wanted == nullptr) return;
  const std::string here = fmt::format("{}:{}", rank, phase);
  if (here == wanted) {
    throw Error(Code::kOutOfResource, fmt::format("rank {}: fault asked for in {}", rank, phase));
  }
  if (here + ":kill" == wanted) std::raise(SIGKILL);
}

}  // namespace cairn
