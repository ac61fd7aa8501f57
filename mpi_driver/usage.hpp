// What this process has used of the machine so far.
#pragma once

#include <cstdint>
#include <string>

namespace cairn {

struct ResourceUsage {
  double user_seconds = 0, system_seconds = 0;
  uint64_t peak_bytes = 0;   // resident, at its highest
  uint64_t page_faults = 0;  // minor and major
};

ResourceUsage resource_usage();

/// The first line of a file such as /proc/cpuinfo that begins with `key`, after the colon;
/// "unknown" if there is none.
std::string proc_value(const char* file, const std::string& key);

/// Bytes that this host, or the control group that this process is in, has left to give.
uint64_t available_memory();

}  // namespace cairn
