// Bytes under a path, for readers that want one, without touching a disk.
#pragma once

#include <string>

#include <sys/mman.h>
#include <unistd.h>

#include "tests/fuzz/targets/targets.hpp"

namespace cairn::fuzz {

class MemoryFile {
 public:
  explicit MemoryFile(Input bytes) : descriptor_(memfd_create("fuzz", MFD_CLOEXEC)) {
    require(descriptor_ >= 0, "a file in memory can be made");
    require(::write(descriptor_, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()),
            "a file in memory can be written");
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  ~MemoryFile() { close(descriptor_); }

  /// Of other processes too.
  std::string path() const {
    return "/proc/" + std::to_string(getpid()) + "/fd/" + std::to_string(descriptor_);
  }

 private:
  int descriptor_;
};

}  // namespace cairn::fuzz
