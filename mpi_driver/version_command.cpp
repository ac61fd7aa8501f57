#include <iostream>

#include <nlohmann/json.hpp>

#include "mpi_driver/build_info.hpp"
#include "mpi_driver/commands.hpp"
#include "mpi_driver/table.hpp"

namespace cairn {

int version_command(const Options& options) {
  const nlohmann::json info = version_json();
  if (options.json) {
    std::cout << info.dump(2) << '\n';
    return 0;
  }
  std::vector<std::vector<std::string>> rows;
  for (const char* name :
       {"version", "commit", "build_type", "compiler", "cuda", "mpi", "hdf5", "proof_format"}) {
    const nlohmann::json& value = info[name];
    rows.push_back(
        {name, value.is_boolean() ? (value.get<bool>() ? "yes" : "no") : value.get<std::string>()});
  }
  std::cout << format_table(rows);
  return 0;
}

}  // namespace cairn
