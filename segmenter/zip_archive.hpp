// Reading members of a zip file. Sizes that the file states are never believed: memory grows with
// the bytes that really come out, up to the caller's limit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

struct zip;

namespace cairn {

class ZipArchive {
 public:
  /// Throws Error(kBadInput) if `path` is not a readable zip file.
  explicit ZipArchive(const std::string& path);

  /// Bytes of the file: the only size that is not a claim.
  uint64_t size() const { return size_; }
  bool has(const std::string& member) const;
  /// The whole member. Error(kBadInput) if it is missing or damaged, kOutOfResource above `limit`
  /// bytes.
  std::string read(const std::string& member, uint64_t limit) const;
  /// Hands the member out in pieces of `piece` bytes, the last one shorter; throws as read() does.
  void stream(const std::string& member, uint64_t limit, size_t piece,
              const std::function<void(std::span<const std::byte>)>& take) const;

 private:
  std::unique_ptr<zip, void (*)(zip*)> zip_;
  uint64_t size_ = 0;
};

}  // namespace cairn
