// Runs `cairn bench` as a user would.
#pragma once

#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/program.hpp"
#include "tests/support/shared_data.hpp"

namespace cairn {

inline Ran run_bench(const std::string& arguments) {
  return run_program(std::string(CAIRN_PROGRAM) + " bench " + arguments);
}

inline std::string sample_pie(const char* name) { return (test_data() / "pie" / name).string(); }

inline void write_text(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

}  // namespace cairn
