// Jobs under the real mpirun: the same proof for any number of ranks, and no hang when one fails.
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/program.hpp"
#include "tests/support/shared_data.hpp"

namespace cairn {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

const std::string kCairn = std::string(CAIRN_PROGRAM) + " ";
/// Small enough that the sample needs several bundles.
const std::string kTight = " --memory 175M";

std::string pie(const char* name) { return (test_data() / "pie" / name).string(); }

json prove(const std::string& launcher, const std::string& input, const Scratch& folder,
           const std::string& more = "") {
  const Ran ran = run_program(launcher + kCairn + "prove " + input + " -o " + (folder / "p.h5") +
                              " --report " + (folder / "r.json") + more);
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  return json::parse(read_text(folder / "r.json"));
}

TEST(MpiRun, GivesTheSameDigestForAnyNumberOfRanks) {
  std::set<std::string> digests;
  for (const int ranks : {0, 1, 2, 3, 5}) {
    const Scratch folder;
    const json report =
        prove(ranks == 0 ? "" : mpirun(ranks), pie("primes.pie.zip"), folder, kTight);

    digests.insert(report["proof_digest"].get<std::string>());
    EXPECT_EQ(report["ranks"], std::max(1, ranks));
    EXPECT_EQ(run_program(kCairn + "verify " + (folder / "p.h5")).exit_code, 0);
    EXPECT_EQ(folder.entries(), 2u);
  }
  EXPECT_EQ(digests.size(), 1u);
}

TEST(MpiRun, HasWorkersOfAHostSpeakToEachOther) {
  for (const int ranks : {2, 4}) {
    const Ran ran = run_program(mpirun(ranks) + HOST_COMM_RANKS);
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
  }
}

TEST(MpiRun, ProvesAPieOfOthers) {
  CAIRN_NEED_SHARED(shared);
  const std::string input = (shared / "data" / "pie" / "fibonacci.zip").string();
  const Scratch alone;
  const Scratch ranks;

  const json one = prove("", input, alone);
  const json three = prove(mpirun(3), input, ranks);

  EXPECT_EQ(one["proof_digest"], three["proof_digest"]);
}

TEST(MpiRun, HasEveryWorkerProveSomething) {
  const Scratch folder;
  const json report = prove(mpirun(3), pie("primes.pie.zip"), folder, kTight);

  ASSERT_GE(report["segments"].get<int>(), 2);
  std::multiset<uint32_t> proven;
  for (const json& worker : report["workers"]) {
    EXPECT_FALSE(worker["segments"].empty());
    for (const json& segment : worker["segments"]) proven.insert(segment.get<uint32_t>());
  }
  EXPECT_EQ(report["workers"].size(), 2u);
  EXPECT_EQ(proven.size(), report["segments"].get<size_t>());
  EXPECT_EQ(std::set<uint32_t>(proven.begin(), proven.end()).size(), proven.size());
}

TEST(MpiRun, EndsInSecondsWhenARankThrows) {
  for (const char* fault : {"0:load", "1:setup", "2:count", "1:commit", "2:prove", "0:verify"}) {
    const Scratch folder;
    const Ran ran = run_program(mpirun(3, std::string("CAIRN_FAULT=") + fault) + kCairn + "prove " +
                                pie("primes.pie.zip") + kTight + " -o " + (folder / "p.h5"));

    EXPECT_EQ(ran.exit_code, 4) << fault << '\n' << ran.err;
    EXPECT_THAT(ran.err, HasSubstr("fault asked for in"));
    EXPECT_LT(ran.seconds, 60) << fault;
    EXPECT_EQ(folder.entries(), 0u) << fault;
  }
}

TEST(MpiRun, EndsInSecondsWhenARankDies) {
  for (const char* fault : {"0:verify:kill", "1:commit:kill", "2:prove:kill"}) {
    const Scratch folder;
    const Ran ran = run_program(mpirun(3, std::string("CAIRN_FAULT=") + fault) + kCairn + "prove " +
                                pie("primes.pie.zip") + kTight + " -o " + (folder / "p.h5"));

    EXPECT_NE(ran.exit_code, 0) << fault;
    EXPECT_NE(ran.exit_code, 124) << fault << " hangs";
    EXPECT_LT(ran.seconds, 60) << fault;
    // Nothing half written; the others may have finished before the launcher ended them.
    if (folder.entries() > 0) {
      EXPECT_EQ(run_program(kCairn + "verify " + (folder / "p.h5")).exit_code, 0) << fault;
      EXPECT_EQ(folder.entries(), 1u) << fault;
    }
  }
}

TEST(MpiRun, RefusesBadInputWithItsCode) {
  const Scratch folder;
  const std::string tail = " -o " + (folder / "p.h5");
  const Ran missing = run_program(mpirun(3) + kCairn + "prove " + (folder / "no.zip") + tail);
  EXPECT_EQ(missing.exit_code, 2) << missing.err;
  EXPECT_THAT(missing.err, HasSubstr("cairn: "));
  const Ran usage = run_program(mpirun(2) + kCairn + "prove");
  EXPECT_EQ(usage.exit_code, 1) << usage.err;
  EXPECT_EQ(folder.entries(), 0u);
}

/// Every PIE of a folder proves on three ranks, and verifies as the program and the fact that the
/// independent oracle computed.
void expect_all_proven(const std::filesystem::path& folder, size_t count) {
  const json expected = json::parse(std::ifstream(folder / "expected.json"));
  EXPECT_EQ(expected.size(), count);
  for (const auto& [name, facts] : expected.items()) {
    SCOPED_TRACE(name);
    const Scratch scratch;
    const json report = prove(mpirun(3), (folder / name).string(), scratch);
    EXPECT_EQ(report["steps"], facts["n_steps"]);
    std::string verify = kCairn + "verify " + (scratch / "p.h5") + " --program-hash " +
                         facts["program_hash_pedersen"].get<std::string>();
    if (facts.contains("fact_keccak")) {
      verify += " --fact " + facts["fact_keccak"].get<std::string>();
    }
    EXPECT_EQ(run_program(verify).exit_code, 0);
  }
}

TEST(MpiRun, ProvesPublicPies) {
  CAIRN_NEED_SHARED(shared);
  expect_all_proven(shared / "data" / "pie", 9);
}

TEST(MpiRun, ProvesProgramsOfEachBuiltin) {
  CAIRN_NEED_SHARED(shared);
  expect_all_proven(shared / "data" / "programs" / "pie", 9);
}

TEST(MpiRun, ProvesBlocksOfTheStarknetOs) {
  CAIRN_NEED_SHARED(shared);
  expect_all_proven(shared / "data" / "snos", 13);
}

TEST(MpiRun, ShowsTheStatementInTheFile) {
  if (std::system("command -v h5dump > /dev/null") != 0) GTEST_SKIP() << "no h5dump here";
  const Scratch folder;
  const json report = prove(mpirun(2), pie("fib.n100.pie.zip"), folder);

  const Ran dump = run_program("h5dump -A " + (folder / "p.h5"));

  EXPECT_EQ(dump.exit_code, 0);
  for (const char* name : {"program_hash", "fact"}) {
    EXPECT_THAT(dump.out, HasSubstr(report["statement"][name].get<std::string>()));
  }
  EXPECT_THAT(dump.out, HasSubstr(report["proof_digest"].get<std::string>()));
}

}  // namespace
}  // namespace cairn
