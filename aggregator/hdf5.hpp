// The little of HDF5 that proof files need, over its C interface; files are built in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace cairn::hdf5 {

/// Of the library in use: "1.10.8".
std::string version();

/// Builds a file in memory. Throws Error(kBug) where the library refuses.
class Writer {
 public:
  Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer();

  void group(const std::string& path);
  /// A string attribute of the group `path`.
  void attribute(const std::string& path, const std::string& name, const std::string& value);
  /// A dataset of bytes, of 64-bit numbers; with a checksum.
  void bytes(const std::string& path, std::span<const std::byte> values);
  void numbers(const std::string& path, std::span<const uint64_t> values);
  /// The file's bytes. Nothing may be added after.
  std::vector<std::byte> image();

 private:
  int64_t file_;
};

/// Reads a file. Throws Error(kBadInput) with what is missing; the library itself may crash on
/// hostile files (aggregator/isolated.hpp).
class Reader {
 public:
  explicit Reader(const std::string& path);
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  ~Reader();

  /// The string attributes of a group, by name.
  std::vector<std::pair<std::string, std::string>> attributes(const std::string& path) const;
  /// The names of what a group holds, ascending. An Error when one of them lies in another place or
  /// file.
  std::vector<std::string> names(const std::string& group) const;
  std::vector<std::byte> bytes(const std::string& path) const;
  std::vector<uint64_t> numbers(const std::string& path) const;

 private:
  int64_t file_;
  uint64_t size_;
};

}  // namespace cairn::hdf5
