// The program `cairn` by itself: what it prints, and what each kind of bad input gets.
#include "tests/support/program.hpp"

#include <algorithm>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/segmenter/pie_builder.hpp"
#include "tests/support/shared_data.hpp"

namespace cairn {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

const std::string kCairn = std::string(CAIRN_PROGRAM) + " ";

std::string pie(const char* name) { return (test_data() / "pie" / name).string(); }

/// The exit code, and one line on stderr (after progress) that says what is wrong.
void expect_refusal(const std::string& arguments, int exit_code, const std::string& words) {
  const Ran ran = run_program(kCairn + arguments);

  EXPECT_EQ(ran.exit_code, exit_code) << arguments << '\n' << ran.err;
  const size_t line = ran.err.find("cairn: ");
  ASSERT_NE(line, std::string::npos) << arguments << '\n' << ran.err;
  EXPECT_THAT(ran.err.substr(line), HasSubstr(words));
  if (exit_code != 1) {
    EXPECT_EQ(ran.err.find('\n', line), ran.err.size() - 1) << ran.err;
  }
}

void write_text(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

TEST(Program, TellsHowItIsUsed) {
  expect_refusal("", 1, "Usage: cairn [OPTIONS]");
  expect_refusal("nonsense", 1, "");
  expect_refusal("prove x.zip", 1, "Usage: cairn prove");
  expect_refusal("prove x.zip -o y --backend gpu", 1, "gpu");
  expect_refusal("prove x.zip -o y --memory lots", 1, "lots");
  expect_refusal("verify", 1, "PROOF");
  EXPECT_EQ(run_program(kCairn + "--help").exit_code, 0);
  EXPECT_THAT(run_program(kCairn + "prove --help").out, HasSubstr("--report"));
}

TEST(Program, SaysWhichBuildItIsAndWhatTheMachineOffers) {
  const json version = json::parse(run_program(kCairn + "version --json").out);
  EXPECT_EQ(version["name"], "cairn");
  EXPECT_FALSE(version["commit"].get<std::string>().empty());

  const Ran doctor = run_program(kCairn + "doctor --json");
  EXPECT_EQ(doctor.exit_code, 0);
  EXPECT_EQ(json::parse(doctor.out)["able"], true);
}

TEST(Program, InspectsAPie) {
  const json expected = json::parse(read_text((test_data() / "pie" / "expected.json").string()));
  const Ran ran = run_program(kCairn + "inspect --json " + pie("fib.n100.pie.zip"));
  ASSERT_EQ(ran.exit_code, 0) << ran.err;

  const json found = json::parse(ran.out);

  const json& wanted = expected["fib.n100.pie.zip"];
  EXPECT_EQ(found["steps"], wanted["n_steps"]);
  EXPECT_EQ(found["statement"]["program_hash"], wanted["program_hash_pedersen"]);
  EXPECT_EQ(found["statement"]["fact"], wanted["fact_keccak"]);
  EXPECT_EQ(found["provable"], true);
  EXPECT_EQ(run_program(kCairn + "inspect " + pie("fib.n100.pie.zip")).exit_code, 0);
}

TEST(Program, ChecksAPie) {
  for (const std::string name : {"opcodes", "generic"}) {
    const Ran ran = run_program(kCairn + "check --json " + pie((name + ".pie.zip").c_str()));

    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    EXPECT_EQ(json::parse(ran.out)["ok"], true);
  }
}

TEST(Program, ProvesEveryInstructionAndBuiltin) {
  const Scratch folder;
  for (const char* name :
       {"random.0.pie.zip", "random.3.pie.zip", "random.4.pie.zip", "builtins.pie.zip"}) {
    const std::string proof = folder / name;
    const Ran proven = run_program(kCairn + "prove " + pie(name) + " -o " + proof);
    ASSERT_EQ(proven.exit_code, 0) << name << proven.err;
    EXPECT_EQ(run_program(kCairn + "verify " + proof).exit_code, 0) << name;
  }
}

TEST(Program, NamesWhatIsMissingForAProof) {
  const Scratch folder;
  const std::string out = " -o " + (folder / "p.h5");
  PieBuilder builder;  // uses half an ecdsa instance
  builder.metadata["program"]["builtins"][1] = "ecdsa";
  builder.metadata["builtin_segments"] = {{"output", {{"index", 2}, {"size", 1}}},
                                          {"ecdsa", {{"index", 3}, {"size", 1}}}};
  builder.resources["builtin_instance_counter"] = json::object();
  const std::string input = builder.write();
  expect_refusal("prove " + input + out, 2, "ecdsa");
  EXPECT_EQ(run_program(kCairn + "inspect " + input).exit_code, 0);
  EXPECT_EQ(folder.entries(), 0u);
}

TEST(Program, RefusesWhatIsNoPie) {
  const Scratch folder;
  const std::string out = " -o " + (folder / "p.h5");
  const std::string good = read_text(pie("fib.n100.pie.zip"));
  write_text(folder / "text", "no zip");
  write_text(folder / "cut.zip", good.substr(0, good.size() / 2));
  write_text(folder / "empty.zip", "");

  for (const std::string command : {"inspect ", "check ", "prove "}) {
    const std::string tail = command == "prove " ? out : "";
    expect_refusal(command + (folder / "missing.zip") + tail, 2, "missing.zip");
    expect_refusal(command + (folder / "text") + tail, 2, "text");
    expect_refusal(command + (folder / "cut.zip") + tail, 2, "cut.zip");
    expect_refusal(command + (folder / "empty.zip") + tail, 2, "empty.zip");
  }
  EXPECT_EQ(folder.entries(), 3u);
}

TEST(Program, RefusesOutputsThatCannotBeBeforeItStarts) {
  const Scratch folder;
  const std::string input = "prove " + pie("fib.n100.pie.zip");
  expect_refusal(input + " -o " + (folder / "missing/p.h5"), 4, "missing/p.h5: cannot create");
  expect_refusal(input + " -o " + (folder / "."), 4, "cannot create");
  expect_refusal(input + " -o " + (folder / "p.h5") + " --report " + (folder / "no/r.json"), 4,
                 "no/r.json: cannot create");
  EXPECT_EQ(folder.entries(), 0u);
}

TEST(Program, KeepsToItsMemory) {
  const Scratch folder;
  expect_refusal("prove " + pie("fib.n100.pie.zip") + " --memory 1M -o " + (folder / "p.h5"), 4,
                 "");
  EXPECT_EQ(folder.entries(), 0u);
}

TEST(Program, ProvesVerifiesAndInspectsProofs) {
  const Scratch folder;
  const std::string proof = folder / "p.h5";
  const Ran proven = run_program(kCairn + "prove " + pie("fib.n100.pie.zip") + " -o " + proof +
                                 " --report " + (folder / "r.json"));
  ASSERT_EQ(proven.exit_code, 0) << proven.err;
  const json report = json::parse(read_text(folder / "r.json"));
  const json expected =
      json::parse(read_text((test_data() / "pie" / "expected.json").string()))["fib.n100.pie.zip"];
  double accounted = 0;
  for (const json& step : report["time_by_step"]) {
    accounted += step["seconds"].get<double>();
    EXPECT_THAT(proven.out, HasSubstr("\n" + step["step"].get<std::string>() + " "));
  }
  EXPECT_NEAR(accounted, report["seconds"].get<double>(), 1e-6);
  EXPECT_GE(report["time_by_step"].size(), 17u);
  const std::string hash = expected["program_hash_pedersen"];
  const std::string fact = expected["fact_keccak"];

  const Ran verified = run_program(kCairn + "verify --json " + proof);
  ASSERT_EQ(verified.exit_code, 0) << verified.err;
  const json verdict = json::parse(verified.out);
  EXPECT_EQ(verdict["statement"]["program_hash"], hash);
  EXPECT_EQ(verdict["statement"]["fact"], fact);
  EXPECT_GE(verdict["security_bits"].get<double>(), 100);
  EXPECT_EQ(verdict["proof_digest"], report["proof_digest"]);
  EXPECT_THAT(proven.out, HasSubstr(report["proof_digest"].get<std::string>()));
  EXPECT_EQ(run_program(kCairn + "verify " + proof + " --program-hash " + hash + " --fact " + fact)
                .exit_code,
            0);
  expect_refusal("verify " + proof + " --program-hash 0x1", 3, "program hash");
  expect_refusal("verify " + proof + " --fact 0x1", 3, "fact");

  const json seen = json::parse(run_program(kCairn + "inspect --json " + proof).out);
  EXPECT_EQ(seen["kind"], "proof");
  EXPECT_EQ(seen["segments"].size(), report["segments"]);

  // Damage: never accepted, never a crash.
  const std::string good = read_text(proof);
  for (size_t i = 3; i < good.size(); i += good.size() / 12) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 0x10);
    write_text(folder / "bad.h5", bad);
    const Ran ran = run_program(kCairn + "verify --json " + (folder / "bad.h5"));
    // A byte that HDF5 does not use may change; then it is the same proof.
    if (ran.exit_code == 0) {
      EXPECT_EQ(json::parse(ran.out)["proof_digest"], report["proof_digest"]);
    } else {
      EXPECT_TRUE(ran.exit_code == 2 || ran.exit_code == 3) << i << ": " << ran.err;
    }
  }
  write_text(folder / "cut.h5", good.substr(0, good.size() / 2));
  expect_refusal("verify " + (folder / "cut.h5"), 2, "not a proof file");
}

}  // namespace
}  // namespace cairn
