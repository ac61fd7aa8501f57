// Reads the files of known answers of the shared folder.
#pragma once

#include <filesystem>
#include <fstream>

#include <nlohmann/json.hpp>

namespace cairn {

/// The JSON of `path`; throws if it is not there.
inline nlohmann::json read_json(const std::filesystem::path& path) {
  std::ifstream file(path);
  return nlohmann::json::parse(file);
}

}  // namespace cairn
