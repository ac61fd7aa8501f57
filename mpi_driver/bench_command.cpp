#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fmt/format.h>
#include <unistd.h>

#include "core/error.hpp"
#include "mpi_driver/commands.hpp"

namespace cairn {

int bench_command(char** argv) {
  std::error_code error;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", error);
  const std::string program = (self.parent_path() / "cairn-bench").string();
  // argv[1] is "bench": the other program's own arguments begin there.
  execv(program.c_str(), argv + 1);
  throw Error(Code::kUsage,
              fmt::format("{}: {} (build target cairn-bench)", program, strerror(errno)));
}

}  // namespace cairn
