// A run in several segments, that is disturbed, and must end as the undisturbed one.
#pragma once

#include <filesystem>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "tests/support/program.hpp"
#include "tests/support/shared_data.hpp"

namespace cairn {

inline const std::string kCairn = std::string(CAIRN_PROGRAM) + " ";

/// `cairn prove` without options. Bundles so small that the sample has several.
inline std::string prove_sample() {
  return "env CAIRN_SMALLEST_BUNDLE=100000 " + kCairn + "prove " +
         (test_data() / "pie" / "primes.pie.zip").string();
}

inline std::string prove_command(const Scratch& folder) {
  return prove_sample() + " -o " + (folder / "p.h5") + " --report " + (folder / "r.json") +
         " --work " + (folder / "work");
}

inline nlohmann::json report(const Scratch& folder) {
  return nlohmann::json::parse(read_text(folder / "r.json"));
}

inline nlohmann::json inspect(const Scratch& folder) {
  const Ran ran = run_program(kCairn + "inspect --json " + (folder / "work"));
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  return nlohmann::json::parse(ran.out);
}

/// The digest of a proof that verifies.
inline std::string digest_of(const std::string& proof) {
  EXPECT_EQ(run_program(kCairn + "verify " + proof).exit_code, 0);
  return nlohmann::json::parse(run_program(kCairn + "inspect --json " + proof).out)["proof_digest"];
}

/// Segments that the run reported on has proven itself.
inline size_t proven_in(const nlohmann::json& report) {
  size_t proven = 0;
  for (const nlohmann::json& worker : report["workers"]) proven += worker["segments"].size();
  return proven;
}

/// The digest of a run that nothing happened to.
inline const std::string& undisturbed() {
  static const std::string digest = [] {
    const Scratch folder;
    const Ran ran = run_program(mpirun(3) + prove_command(folder));
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    return report(folder)["proof_digest"].get<std::string>();
  }();
  return digest;
}

/// The same command again: goes on, and ends as if nothing had happened. Returns its output.
inline Ran expect_resumed(const Scratch& folder) {
  const Ran ran = run_program(mpirun(3) + prove_command(folder));
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  if (ran.exit_code == 0) {
    EXPECT_EQ(report(folder)["proof_digest"], undisturbed());
    EXPECT_EQ(digest_of(folder / "p.h5"), undisturbed());
  }
  return ran;
}

/// As above, and proves just what the work folder does not hold.
inline void expect_rest_proven(const Scratch& folder) {
  const nlohmann::json seen = inspect(folder);
  EXPECT_TRUE(seen["damaged"].empty()) << seen["damaged"];
  expect_resumed(folder);
  EXPECT_EQ(proven_in(report(folder)),
            seen["segments"].get<size_t>() - seen["segments_proven"].get<size_t>());
}

/// Shell: is a first proof in the work folder?
inline std::string first_proof(const Scratch& folder) {
  return "ls " + (folder / "work/segments") + "/*.h5 > /dev/null 2>&1";
}

/// Shell: runs a command; as soon as the condition holds (shell, both) does `what`, to $child.
inline std::string and_then(const std::string& command, const std::string& condition,
                            const std::string& what) {
  return "bash -c '" + command + " & child=$!; until " + condition +
         "; do kill -0 $child || break; sleep 0.1; done; " + what + "; wait $child'";
}
inline Ran run_and_then(const std::string& command, const std::string& condition,
                        const std::string& what) {
  return run_program(and_then(command, condition, what));
}

/// The exit code, and exactly one line of ours that says why, for all ranks together.
inline void expect_one_line(const Ran& ran, int exit_code, const std::string& words) {
  EXPECT_EQ(ran.exit_code, exit_code) << ran.err;
  const std::string err = '\n' + ran.err;
  const size_t line = err.find("\ncairn: ");
  ASSERT_NE(line, std::string::npos) << ran.err;
  EXPECT_EQ(err.find("\ncairn: ", line + 1), std::string::npos) << ran.err;
  EXPECT_THAT(err.substr(line + 1, err.find('\n', line + 1) - line - 1),
              ::testing::HasSubstr(words));
}

}  // namespace cairn
