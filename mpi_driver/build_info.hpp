// Which build this is: written into every proof's provenance, and printed by `cairn version`.
#pragma once

#include <nlohmann/json_fwd.hpp>

namespace cairn {

struct BuildInfo {
  const char* version;  // of the project, with the commit it was configured at
  const char* commit;   // as git describes it
  const char* build_type;
  const char* compiler;
  bool cuda;
};

BuildInfo build_info();

/// The same, and the versions of the libraries in use.
nlohmann::json version_json();

}  // namespace cairn
