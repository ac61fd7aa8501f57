// What this machine offers to Cairn, and what is missing.
#include <cstdlib>
#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/statvfs.h>
#include <unistd.h>

#include "kernels/backend.hpp"
#include "kernels/device_group.hpp"
#include "kernels/thread_pool.hpp"
#include "mpi_driver/build_info.hpp"
#include "mpi_driver/commands.hpp"
#include "mpi_driver/progress.hpp"
#include "mpi_driver/table.hpp"
#include "mpi_driver/usage.hpp"

namespace cairn {
namespace {

/// One thing looked at. `needed`: whether proving is impossible without it.
struct Finding {
  std::string name;
  bool ok;
  bool needed;
  std::string text;
};

std::string on_path(const std::string& program) {
  const char* path = std::getenv("PATH");
  std::string folders = path != nullptr ? path : "";
  for (size_t begin = 0; begin <= folders.size();) {
    const size_t end = std::min(folders.find(':', begin), folders.size());
    const std::string file = folders.substr(begin, end - begin) + '/' + program;
    if (access(file.c_str(), X_OK) == 0) return file;
    begin = end + 1;
  }
  return "";
}

Finding backend(const char* kind, bool needed) {
  Result<std::unique_ptr<Backend>> made = make_backend(kind, {});
  return {fmt::format("backend {}", kind), made.ok(), needed,
          made.ok() ? std::string(made.value()->name()) : made.error().what()};
}

Finding program(const char* name, const char* what_for) {
  const std::string file = on_path(name);
  return {name, !file.empty(), false,
          file.empty() ? fmt::format("not on PATH: {}", what_for) : file};
}

Finding shared_memory() {
  struct statvfs info {};
  const bool there = statvfs("/dev/shm", &info) == 0;
  const double bytes =
      there ? static_cast<double>(info.f_bavail) * static_cast<double>(info.f_frsize) : 0;
  // Below this, a job of some 10 M cells keeps a copy of its image in each rank.
  const bool enough = bytes > 512.0 * 1024 * 1024;
  return {"/dev/shm", enough, false,
          fmt::format("{} free{}", format_bytes(bytes),
                      enough ? "" : ": each rank of a host will keep its own memory image")};
}

Finding nccl() {
  DeviceGroups* groups = nccl_groups();
  return {"nccl", groups != nullptr, false,
          groups != nullptr ? groups->about()
                            : "not in this build: counts of several GPUs are summed by MPI"};
}

std::vector<Finding> look() {
  const nlohmann::json build = version_json();
  return {{"version", true, false,
           fmt::format("{} ({})", build["version"].get<std::string>(),
                       build["commit"].get<std::string>())},
          {"processor", true, false, proc_value("/proc/cpuinfo", "model name")},
          {"cores", true, false, fmt::format("{} for this process", usable_threads())},
          {"memory", true, false,
           fmt::format("{} available", proc_value("/proc/meminfo", "MemAvailable"))},
          backend("cpu", true),
          backend("cuda", false),
          nccl(),
          shared_memory(),
          {"mpi", true, false, build["mpi"].get<std::string>()},
          program("mpirun", "one process alone can still prove"),
          program("srun", "only for Slurm"),
          {"hdf5", true, false, build["hdf5"].get<std::string>()},
          program("h5dump", "only to look into proofs by other means")};
}

}  // namespace

int doctor_command(const Options& options) {
  const std::vector<Finding> findings = look();
  bool able = true;
  nlohmann::json list = nlohmann::json::array();
  std::vector<std::vector<std::string>> rows;
  for (const Finding& finding : findings) {
    able = able && (finding.ok || !finding.needed);
    list.push_back({{"name", finding.name},
                    {"ok", finding.ok},
                    {"needed", finding.needed},
                    {"text", finding.text}});
    rows.push_back(
        {finding.ok ? "ok" : (finding.needed ? "MISSING" : "absent"), finding.name, finding.text});
  }
  if (options.json) {
    std::cout << nlohmann::json{{"able", able}, {"findings", list}}.dump(2) << '\n';
  } else {
    std::cout << format_table(rows);
  }
  if (!able) throw Error(Code::kOutOfResource, "this machine cannot prove: see MISSING above");
  return 0;
}

}  // namespace cairn
