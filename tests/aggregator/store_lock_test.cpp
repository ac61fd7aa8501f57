#include "aggregator/store_lock.hpp"

#include <cstdlib>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sys/wait.h>
#include <unistd.h>

#include "core/error.hpp"
#include "tests/support/scratch.hpp"

namespace cairn {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

/// Takes the lock and expects to be refused.
std::string refusal(const Scratch& folder) {
  try {
    const StoreLock lock(folder / "", false);
    return "taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::kPeerLost);
    return error.what();
  }
}

/// Changes a field of the lock as it lies there.
void edit(const Scratch& folder, const std::string& name, const json& value) {
  std::ifstream in(folder / "lock");
  json content = json::parse(in);
  content[name] = value;
  std::ofstream(folder / "lock") << content.dump();
}

TEST(StoreLock, ExcludesOthersAndNamesTheHolder) {
  const Scratch folder;
  {
    StoreLock lock(folder / "", false);
    lock.beat();
    const std::string why = refusal(folder);
    EXPECT_THAT(why, HasSubstr("in use by "));
    EXPECT_THAT(why, HasSubstr("process " + std::to_string(getpid())));
    EXPECT_THAT(why, HasSubstr("--steal-lock"));
  }
  EXPECT_EQ(folder.entries(), 0u);
  EXPECT_EQ(lock_holder(folder / ""), std::nullopt);
  EXPECT_EQ(refusal(folder), "taken");
}

TEST(StoreLock, IsTakenOverFromAProcessThatEnded) {
  const Scratch folder;
  const pid_t child = fork();
  if (child == 0) {
    new StoreLock(folder / "", false);
    _exit(0);  // as if killed: the lock stays
  }
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_TRUE(lock_holder(folder / "").has_value());

  const StoreLock lock(folder / "", false);

  ASSERT_TRUE(lock.taken_from().has_value());
  EXPECT_EQ(lock.taken_from()->process, child);
}

TEST(StoreLock, KnowsALaterProcessOfTheSameNumber) {
  const Scratch folder;
  const StoreLock lock(folder / "", false);
  edit(folder, "process_start", 1);
  EXPECT_EQ(refusal(folder), "taken");
}

TEST(StoreLock, IsNotTakenFromAnotherHostUnlessToldTo) {
  const Scratch folder;
  StoreLock first(folder / "", false);
  edit(folder, "host", "elsewhere");
  edit(folder, "slurm_job_id", "77");
  EXPECT_THAT(refusal(folder), HasSubstr("@elsewhere"));
  EXPECT_THAT(refusal(folder), HasSubstr("Slurm job 77"));

  StoreLock second(folder / "", true);

  second.beat();
  EXPECT_EQ(second.taken_from()->host, "elsewhere");
  // Whoever lost it learns so, and does not take it away from the new holder when it ends.
  EXPECT_THROW(first.beat(), Error);
}

TEST(StoreLock, IsTakenOverFromAnEarlierLifeOfTheSameJob) {
  const Scratch folder;
  const StoreLock lock(folder / "", false);
  edit(folder, "host", "elsewhere");
  edit(folder, "slurm_job_id", "77");
  setenv("SLURM_JOB_ID", "77", 1);
  EXPECT_THAT(refusal(folder), HasSubstr("Slurm job 77")) << "a second run within one job";
  setenv("SLURM_RESTART_COUNT", "1", 1);
  EXPECT_EQ(refusal(folder), "taken");
  unsetenv("SLURM_JOB_ID");
  unsetenv("SLURM_RESTART_COUNT");
}

TEST(StoreLock, ThatCannotBeReadHasAHolderAllTheSame) {
  const Scratch folder;
  std::ofstream(folder / "lock") << "{";
  EXPECT_THAT(refusal(folder), HasSubstr("nobody known"));
  EXPECT_NO_THROW(StoreLock(folder / "", true));
}

}  // namespace
}  // namespace cairn
