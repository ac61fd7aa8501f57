// What a statement says, in the forms that people and chains use: program hash, fact, names, hex.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "air/statement.hpp"

namespace cairn {

struct StatementFacts {
  std::string program_hash;  // Pedersen chain, "0x..."
  std::string fact;          // as settlement registers it, "0x" and 64 digits
  std::vector<std::string> builtins;
  std::vector<std::string> output;  // "0x..."
  size_t program_length = 0;
  uint32_t main = 0;
};

/// Throws Error(kBadInput) when the statement's pages and topology make no fact.
StatementFacts facts_of(const Statement& statement);

nlohmann::json to_json(const StatementFacts& facts);

/// Rows (name, value) for people; a long output is cut.
std::vector<std::vector<std::string>> to_rows(const StatementFacts& facts);

/// True when both texts are the same number, in hexadecimal with 0x.
bool same_number(const std::string& a, const std::string& b);

}  // namespace cairn
