// Finds the folder of real data that lies beside some checkouts but is no part of the project.
//
// $CAIRN_SHARED, else ../shared beside the repository. Tests that want it begin with
//   CAIRN_NEED_SHARED(folder);
// which skips them with a message where it is absent.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>

#include <gtest/gtest.h>

namespace cairn {

/// The root of the project's sources: where tests/data lies.
inline std::filesystem::path source_directory() { return CAIRN_SOURCE_DIR; }

/// The project's own inputs.
inline std::filesystem::path test_data() { return source_directory() / "tests" / "data"; }

/// The folder of shared data (with data/pie, data/kat ... below it), if there is one.
inline std::optional<std::filesystem::path> shared_directory() {
  const char* named = std::getenv("CAIRN_SHARED");
  const std::filesystem::path path =
      named != nullptr && *named != '\0' ? named : source_directory() / ".." / "shared";
  std::error_code ignored;
  if (!std::filesystem::is_directory(path / "data", ignored)) return std::nullopt;
  return path;
}

/// Two hexadecimal digits a byte, as the shared known answers have it.
inline std::string bytes_of_hex(const std::string& digits) {
  std::string bytes;
  for (size_t i = 0; i < digits.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

}  // namespace cairn

/// Declares `variable`, the path of the shared folder; skips the test where there is none.
#define CAIRN_NEED_SHARED(variable)                                                        \
  const std::optional<std::filesystem::path> variable##_found = cairn::shared_directory(); \
  if (!variable##_found) GTEST_SKIP() << "no ../shared (set CAIRN_SHARED to its path)";    \
  const std::filesystem::path variable = *variable##_found
