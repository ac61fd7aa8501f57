#include "aggregator/publish.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/error.hpp"

namespace cairn {
namespace {

[[noreturn]] void fail(const std::string& path, const char* what) {
  throw Error(Code::kOutOfResource, fmt::format("{}: cannot {}: {}", path, what, strerror(errno)));
}

std::string folder_of(const std::string& path) {
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  return folder.empty() ? "." : folder.string();
}

/// A file under a temporary name beside its place; removed unless it was renamed.
class Temporary {
 public:
  explicit Temporary(const std::string& path)
      : path_(path),
        name_(fmt::format("{}/.{}.{}.tmp", folder_of(path),
                          std::filesystem::path(path).filename().string(), getpid())),
        descriptor_(open(name_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)) {
    if (descriptor_ < 0) fail(path_, "create the file");
  }
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;
  ~Temporary() {
    if (descriptor_ >= 0) close(descriptor_);
    if (!renamed_) unlink(name_.c_str());
  }

  void write(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
      const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) fail(path_, "write the file");
      bytes = bytes.subspan(static_cast<size_t>(written));
    }
  }
  void rename_to_place() {
    if (fsync(descriptor_) != 0) fail(path_, "write the file");
    if (close(std::exchange(descriptor_, -1)) != 0) fail(path_, "write the file");
    if (rename(name_.c_str(), path_.c_str()) != 0) fail(path_, "rename the file");
    renamed_ = true;
    const int folder = open(folder_of(path_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder >= 0) {
      fsync(folder);  // some file systems refuse this for folders; the file itself is safe
      close(folder);
    }
  }

 private:
  std::string path_;
  std::string name_;
  int descriptor_;
  bool renamed_ = false;
};

}  // namespace

void require_writable(const std::string& path) {
  struct stat info {};
  if (stat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode)) {
    throw Error(Code::kOutOfResource,
                fmt::format("{}: cannot create the file: something else has its name", path));
  }
  const Temporary probe(path);
}

void publish(const std::string& path, std::span<const std::byte> bytes) {
  Temporary file(path);
  file.write(bytes);
  file.rename_to_place();
}

}  // namespace cairn
