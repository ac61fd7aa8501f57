#include <algorithm>
#include <array>
#include <iostream>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "aggregator/proof_file.hpp"
#include "mpi_driver/commands.hpp"
#include "mpi_driver/progress.hpp"
#include "mpi_driver/report.hpp"
#include "mpi_driver/statement_facts.hpp"
#include "mpi_driver/table.hpp"
#include "stark/verifier/verifier.hpp"

namespace cairn {
namespace {

[[noreturn]] void refuse(const Options& options, const std::string& why) {
  throw Error(Code::kInvalidProof, fmt::format("{}: {}", options.input, why));
}

/// What follows from nothing in the proof.
constexpr std::array<std::string_view, 5> kProvenance = {
    "format", "format_version", "software_version", "git_commit", "created_utc"};

/// Soundness: the datasets are the proof; attributes that say something else would mislead whoever
/// reads the file by other tools.
void compare_attributes(const Options& options, const ProofFile& file, const Attributes& derived) {
  for (const auto& [name, value] : derived) {
    const auto found = file.attributes.find(name);
    if (found == file.attributes.end() || found->second != value) {
      refuse(options,
             fmt::format("attribute {} is {}, the proof says {}", name,
                         found == file.attributes.end() ? "missing" : found->second, value));
    }
  }
  for (const auto& [name, value] : file.attributes) {
    const bool known = derived.contains(name) ||
                       std::find(kProvenance.begin(), kProvenance.end(), name) != kProvenance.end();
    if (!known) refuse(options, fmt::format("attribute {} is no part of a proof", name));
  }
}

void require_same(const Options& options, const char* what, const std::string& wanted,
                  const std::string& found) {
  if (!wanted.empty() && !same_number(wanted, found)) {
    refuse(options, fmt::format("{} is {}, wanted {}", what, found, wanted));
  }
}

}  // namespace

int verify_command(const Options& options) {
  const ProofFile file = read_proof_file(options.input);
  const JobProof& proof = file.proof;
  const Verdict verdict = verify(proof);
  if (!verdict.accepted()) {
    refuse(options, fmt::format("{}: {}{}{}", refusal_name(verdict.refusal),
                                refusal_sentence(verdict.refusal),
                                verdict.detail.empty() ? "" : ": ", verdict.detail));
  }
  const StatementFacts facts = facts_of(proof.statement);
  const Attributes derived = derived_attributes(proof, facts, verdict);
  compare_attributes(options, file, derived);
  require_same(options, "the program hash", options.program_hash, facts.program_hash);
  require_same(options, "the fact", options.fact, facts.fact);

  if (options.json) {
    const nlohmann::json result = {{"valid", true},
                                   {"statement", to_json(facts)},
                                   {"segments", proof.segments.size()},
                                   {"security_bits", verdict.security_bits},
                                   {"tightest_round", verdict.tightest},
                                   {"hash", hash_name(proof.hash)},
                                   {"proof_digest", derived.at("proof_digest")}};
    std::cout << result.dump(2) << '\n';
    return 0;
  }
  std::vector<std::vector<std::string>> rows = to_rows(facts);
  rows.push_back({"segments", std::to_string(proof.segments.size())});
  rows.push_back({"security", fmt::format("{:.1f} bits proven, limited by {}",
                                          verdict.security_bits, verdict.tightest)});
  rows.push_back({"hash", hash_name(proof.hash)});
  rows.push_back({"digest", derived.at("proof_digest")});
  rows.push_back({"proof", "VALID"});
  std::cout << format_table(rows);
  return 0;
}

}  // namespace cairn
