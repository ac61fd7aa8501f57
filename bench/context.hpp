// Where and with what a measurement was made: without it a figure means nothing.
#pragma once

#include <nlohmann/json.hpp>

namespace cairn::bench {

/// Version of the JSON files that cairn-bench writes.
inline constexpr const char* kSchema = "cairn-bench 1";

/// Host, processor, cores, memory, load at the start, build, Slurm job.
nlohmann::json context_json();

/// One line of it, for the head of a table.
std::string context_line(const nlohmann::json& context);

}  // namespace cairn::bench
