#include "mpi_driver/build_info.hpp"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "aggregator/proof_file.hpp"
#include "mpi_driver/mpi_comm.hpp"

namespace cairn {

BuildInfo build_info() {
#ifdef CAIRN_CUDA
  constexpr bool kCuda = true;
#else
  constexpr bool kCuda = false;
#endif
  return {CAIRN_VERSION, CAIRN_COMMIT, CAIRN_BUILD_TYPE, CAIRN_COMPILER, kCuda};
}

nlohmann::json version_json() {
  const BuildInfo info = build_info();
  return {{"name", "cairn"},
          {"version", info.version},
          {"commit", info.commit},
          {"build_type", info.build_type},
          {"compiler", info.compiler},
          {"cuda", info.cuda},
          {"mpi", mpi_library()},
          {"hdf5", hdf5_version()},
          {"proof_format", fmt::format("{} {}", kProofFormat, kProofFormatVersion)}};
}

}  // namespace cairn
