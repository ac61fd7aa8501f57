// Runs a task in a process of its own, for code that is not safe on hostile input.
//
// That process is this program started again, not a copy of this one: a copy has the locks that
// other threads held and no thread to open them, and takes time and memory with what is resident.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/error.hpp"

namespace cairn {

/// Bytes made of bytes. Objects are global and constant: what main() is told to run it finds.
class IsolatedTask {
 public:
  using Work = std::vector<std::byte> (*)(std::span<const std::byte> request);

  /// `name` is none of another task's. The work ends within `seconds`, or fails: a file may be one
  /// that never gives a byte.
  IsolatedTask(const char* name, Work work, unsigned seconds = 600);
  IsolatedTask(const IsolatedTask&) = delete;
  IsolatedTask& operator=(const IsolatedTask&) = delete;

  /// What the work makes of `request` in the other process. An Error (kBadInput) when it threw,
  /// crashed, took longer than it may or a minute of CPU time, or gave more than `max_bytes`; it
  /// may take four times that, and 256 MiB, of memory.
  Result<std::vector<std::byte>> run(std::span<const std::byte> request, uint64_t max_bytes) const;

 private:
  friend void run_isolated_task(int argc, char** argv);

  const char* name_;
  Work work_;
  unsigned seconds_;
  const IsolatedTask* next_;  // of all
};

/// Every main() whose program runs a task begins with this call: where the process was started for
/// one, it does it and ends.
void run_isolated_task(int argc, char** argv);

}  // namespace cairn
