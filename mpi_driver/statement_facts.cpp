#include "mpi_driver/statement_facts.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "core/fact.hpp"
#include "core/felt252.hpp"
#include "core/program_hash.hpp"
#include "segmenter/builtin_names.hpp"

namespace cairn {
namespace {

/// Without 0x, leading zeros and case.
std::string digits(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (text.rfind("0x", 0) == 0) text.erase(0, 2);
  return text.erase(0, std::min(text.find_first_not_of('0'), text.size()));
}

}  // namespace

StatementFacts facts_of(const Statement& statement) {
  StatementFacts facts;
  for (const ListedBuiltin& builtin : statement.builtins) {
    facts.builtins.emplace_back(builtin_name(builtin.builtin));
  }
  const Felt hash = program_hash(statement.program, statement.main, facts.builtins);
  const Keccak256 fact = gps_fact(hash, statement.output, statement.output_layout.page_sizes,
                                  statement.output_layout.topology);
  facts.program_hash = to_hex(hash);
  facts.fact = fmt::format("0x{:02x}", fmt::join(fact, ""));
  for (const Felt& word : statement.output) facts.output.push_back(to_hex(word));
  facts.program_length = statement.program.size();
  facts.main = statement.main;
  return facts;
}

nlohmann::json to_json(const StatementFacts& facts) {
  return {{"program_hash", facts.program_hash},
          {"fact", facts.fact},
          {"builtins", facts.builtins},
          {"main", facts.main},
          {"program_length", facts.program_length},
          {"output", facts.output},
          {"output_length", facts.output.size()}};
}

std::vector<std::vector<std::string>> to_rows(const StatementFacts& facts) {
  constexpr size_t kShown = 4;
  const auto shown = std::min(kShown, facts.output.size());
  const std::vector<std::string> begin(facts.output.begin(),
                                       facts.output.begin() + static_cast<long>(shown));
  std::string output = fmt::format("{} words", facts.output.size());
  if (facts.output.size() == 1) output = "1 word";
  if (shown > 0) output += fmt::format(": {}", fmt::join(begin, " "));
  if (shown < facts.output.size()) output += " ...";
  return {{"program hash", facts.program_hash},
          {"program", fmt::format("{} words, main at {}", facts.program_length, facts.main)},
          {"builtins",
           facts.builtins.empty() ? "none" : fmt::format("{}", fmt::join(facts.builtins, " "))},
          {"output", output},
          {"fact", facts.fact}};
}

bool same_number(const std::string& a, const std::string& b) { return digits(a) == digits(b); }

}  // namespace cairn
