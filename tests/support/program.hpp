// Runs programs as a user would, and says what came of it.
#pragma once

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include <sys/wait.h>

#include "tests/support/scratch.hpp"

namespace cairn {

struct Ran {
  int exit_code;  // 128 + n when signal n ended it
  std::string out, err;
  double seconds;
};

inline std::string read_text(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Runs a shell command, at most five minutes long.
inline Ran run_program(const std::string& command) {
  const Scratch folder;
  const auto start = std::chrono::steady_clock::now();
  const std::string all = "timeout -k 10 300 " + command + " > " + (folder / "out") + " 2> " +
                          (folder / "err") + " < /dev/null";
  const int status = std::system(all.c_str());
  Ran ran;
  ran.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  ran.out = read_text(folder / "out");
  ran.err = read_text(folder / "err");
  ran.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return ran;
}

/// What mpirun needs on any machine: as root, in a container, with more ranks than there are cores.
inline std::string mpi_environment(const std::string& network) {
  return "env OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 "
         "OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_hwloc_base_binding_policy=none "
         "OMPI_MCA_btl_vader_single_copy_mechanism=none "
         "PRTE_MCA_rmaps_default_mapping_policy=:oversubscribe OMPI_MCA_btl_tcp_if_include=" +
         network + " OMPI_MCA_oob_tcp_if_include=" + network + " ";
}

/// Ranks on this machine.
inline std::string mpirun(int ranks, const std::string& environment = "") {
  return mpi_environment("lo") + environment + " mpirun -n " + std::to_string(ranks) + " ";
}

}  // namespace cairn
