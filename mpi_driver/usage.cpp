#include "mpi_driver/usage.hpp"

#include <sched.h>
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
          static_cast<uint64_t>(usage.ru_maxrss) * 1024};
}

unsigned usable_cores() {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  if (sched_getaffinity(0, sizeof(mask), &mask) != 0) return 1;
  return static_cast<unsigned>(CPU_COUNT(&mask));
}

}  // namespace cairn
