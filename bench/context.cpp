#include "bench/context.hpp"

#include <array>
#include <cstdlib>
#include <ctime>
#include <string>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "kernels/thread_pool.hpp"
#include "mpi_driver/build_info.hpp"
#include "mpi_driver/usage.hpp"

namespace cairn::bench {
nlohmann::json context_json() {
  utsname system{};
  uname(&system);
  std::array<double, 1> load{};
  if (getloadavg(load.data(), 1) != 1) load[0] = -1;
  nlohmann::json context = {
      {"utc", fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)))},
      {"host", system.nodename},
      {"system", fmt::format("{} {}", system.sysname, system.release)},
      {"processor", proc_value("/proc/cpuinfo", "model name")},
      {"cores", usable_threads()},
      {"memory", proc_value("/proc/meminfo", "MemTotal")},
      {"load", load[0]},
      {"software", version_json()}};
  for (const char* name : {"SLURM_JOB_ID", "SLURM_JOB_NODELIST", "CUDA_VISIBLE_DEVICES"}) {
    if (const char* value = std::getenv(name)) context["environment"][name] = value;
  }
  return context;
}

std::string context_line(const nlohmann::json& context) {
  const BuildInfo build = build_info();
  return fmt::format("# cairn {} ({}), {}, {} cores, load {:.1f}, {}\n", build.version,
                     build.commit, context["processor"].get<std::string>(),
                     context["cores"].get<unsigned>(), context["load"].get<double>(),
                     context["utc"].get<std::string>());
}

}  // namespace cairn::bench
