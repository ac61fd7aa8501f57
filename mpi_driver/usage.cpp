#include "mpi_driver/usage.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <string>

#include <sys/resource.h>

namespace cairn {

ResourceUsage resource_usage() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  // Linux counts ru_maxrss in KiB.
  return {seconds(usage.ru_utime), seconds(usage.ru_stime),
          static_cast<uint64_t>(usage.ru_maxrss) * 1024,
          static_cast<uint64_t>(usage.ru_minflt + usage.ru_majflt)};
}

namespace {

/// The number in a file of one number, or `otherwise`.
uint64_t number_in(const std::string& path, uint64_t otherwise) {
  std::ifstream file(path);
  uint64_t number = 0;
  return file >> number ? number : otherwise;
}

}  // namespace

std::string proc_value(const char* file, const std::string& key) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    if (line.rfind(key, 0) != 0) continue;
    const size_t begin = line.find_first_not_of(" \t", line.find(':') + 1);
    return begin == std::string::npos ? "" : line.substr(begin);
  }
  return "unknown";
}

uint64_t available_memory() {
  const uint64_t kilobytes =
      std::strtoull(proc_value("/proc/meminfo", "MemAvailable").c_str(), nullptr, 10);
  uint64_t available = kilobytes != 0 ? kilobytes * 1024 : uint64_t{4} << 30;
  // Batch systems and containers cap a control group; version 2 says "max" where there is no cap.
  std::ifstream groups("/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    if (!line.starts_with("0::")) continue;
    for (std::string path = line.substr(3); !path.empty(); path.resize(path.rfind('/'))) {
      const std::string folder = "/sys/fs/cgroup" + path;
      const uint64_t limit = number_in(folder + "/memory.max", ~uint64_t{0});
      const uint64_t used = number_in(folder + "/memory.current", 0);
      available = std::min(available, limit > used ? limit - used : 0);
    }
  }
  return available;
}

}  // namespace cairn
