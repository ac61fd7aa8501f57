#include "aggregator/proof_file.hpp"

#include <cstdlib>
#include <fstream>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "aggregator/publish.hpp"
#include "tests/support/sanitized.hpp"
#include "tests/support/scratch.hpp"

namespace cairn {
namespace {

ProofFile sample() {
  ProofFile file;
  file.proof.hash = Hash::kBlake3;
  Statement& statement = file.proof.statement;
  statement.program = {{{1, 2, 3, 4}}, {{5, 0, 0, 0}}};
  statement.main = 0;
  statement.builtins = {{Builtin::kOutput, 30, 31}};
  statement.program_base = 1;
  statement.execution_base = 10;
  statement.final_ap = 20;
  statement.output = {{{144, 0, 0, 0}}};
  statement.output_layout.page_sizes = {1};
  statement.output_layout.topology = {1, 0};
  statement.program_cells = {Cell{7}, Cell{8}};
  statement.output_cells = {Cell{9}};
  for (uint32_t i = 0; i < 3; ++i) {
    file.proof.records.push_back({{{i, 6 + i, 0, 64}}, Digest{{i, 1, 2, 3, 4, 5, 6, 7}}});
    file.proof.segments.emplace_back(1000 * i + 5, static_cast<std::byte>(i));
  }
  file.attributes = {{"format", kProofFormat},
                     {"format_version", kProofFormatVersion},
                     {"hash", "blake3"},
                     {"empty", ""},
                     {"statement/program_hash", "0x123"}};
  file.provenance = R"({"ranks": 3})";
  return file;
}

TEST(ProofFile, ReturnsWhatWasWritten) {
  const Scratch folder;
  const ProofFile file = sample();
  publish(folder / "p.h5", encode_proof_file(file));

  const ProofFile copy = read_proof_file(folder / "p.h5");

  EXPECT_TRUE(looks_like_proof(folder / "p.h5"));
  EXPECT_EQ(copy.attributes, file.attributes);
  EXPECT_EQ(copy.provenance, file.provenance);
  EXPECT_EQ(copy.proof.records, file.proof.records);
  EXPECT_EQ(copy.proof.segments, file.proof.segments);
  EXPECT_EQ(copy.proof.statement.output, file.proof.statement.output);
  EXPECT_EQ(proof_digest(copy.proof), proof_digest(file.proof));
  EXPECT_EQ(encode_proof_file(copy), encode_proof_file(file));
}

TEST(ProofFile, ShowsTheStatementToH5dump) {
  if (std::system("command -v h5dump > /dev/null") != 0) GTEST_SKIP() << "no h5dump here";
  const Scratch folder;
  publish(folder / "p.h5", encode_proof_file(sample()));

  const std::string command = "h5dump -A " + (folder / "p.h5") + " > " + (folder / "dump");
  ASSERT_EQ(std::system(command.c_str()), 0);

  std::ifstream in(folder / "dump");
  const std::string dump{std::istreambuf_iterator<char>(in), {}};
  EXPECT_NE(dump.find("program_hash"), std::string::npos);
  EXPECT_NE(dump.find("\"0x123\""), std::string::npos);
}

/// Every byte changed, every length: an Error or the same proof, never a crash.
TEST(ProofFile, TakesNothingFromADamagedFile) {
  const Scratch folder;
  const std::vector<std::byte> good = encode_proof_file(sample());
  const Digest digest = proof_digest(sample().proof);
  const auto attempt = [&](const std::vector<std::byte>& bytes) {
    std::ofstream(folder / "p.h5", std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
    try {
      EXPECT_EQ(proof_digest(read_proof_file(folder / "p.h5").proof), digest);
    } catch (const Error& error) {
      EXPECT_TRUE(error.code() == Code::kBadInput || error.code() == Code::kInvalidProof)
          << error.what();
    }
  };
  const size_t places = kSanitized ? 60 : 200;
  for (size_t i = 0; i < good.size(); i += good.size() / places + 1) {
    std::vector<std::byte> bad = good;
    bad[i] ^= std::byte{0x41};
    attempt(bad);
    attempt({good.begin(), good.begin() + static_cast<long>(i)});
  }
}

TEST(ProofFile, IsNotAnyFile) {
  const Scratch folder;
  std::ofstream(folder / "text") << "no proof";

  EXPECT_FALSE(looks_like_proof(folder / "text"));
  EXPECT_THROW(read_proof_file(folder / "text"), Error);
  EXPECT_THROW(read_proof_file(folder / "missing"), Error);
  EXPECT_THROW(looks_like_proof(folder / "."), Error);
  ASSERT_EQ(mkfifo((folder / "pipe").c_str(), 0600), 0);
  EXPECT_THROW(looks_like_proof(folder / "pipe"), Error);
}

}  // namespace
}  // namespace cairn
