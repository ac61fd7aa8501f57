// JSON with its numbers kept as text: those of a PIE are integers of 252 bits.
//
// nlohmann's parser reads the text; this is the tree it fills, and a cursor that knows where in the
// file it stands, so that a complaint can name the place.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/felt.hpp"

namespace cairn {

struct JsonValue {
  enum class Kind : uint8_t { kNull, kBoolean, kNumber, kString, kArray, kObject };
  Kind kind = Kind::kNull;
  std::string text;                // of a number or a string
  std::vector<JsonValue> items;    // of an array, or of an object in the order of its names
  std::vector<std::string> names;  // of an object: ascending, no two equal
};

/// Parses `text`; `file` names it in errors. Throws Error(kBadInput).
JsonValue parse_json(const std::string& file, const std::string& text);

/// A place in a JSON file. Every accessor throws Error(kBadInput) when the value is not what it
/// wants.
class JsonCursor {
 public:
  JsonCursor(const std::string& file, const JsonValue& root) : value_(&root), file_(file) {}

  JsonCursor member(std::string_view name) const;
  bool has(std::string_view name) const;
  /// Is there a value other than null?
  bool has_value(std::string_view name) const;
  const std::vector<std::string>& names() const;
  size_t size() const;  // of an array
  JsonCursor element(size_t i) const;

  /// An integer in [0, limit].
  uint64_t integer(uint64_t limit = ~uint64_t{0}) const;
  /// A number as it is written.
  const std::string& number() const;
  const std::string& string() const;
  /// An array of integers, each below the Cairo prime.
  std::vector<Felt> felts() const;

  /// "metadata.json: program.main".
  std::string where() const { return file_ + ": " + (path_.empty() ? "the top level" : path_); }

 private:
  const JsonValue& want(JsonValue::Kind kind) const;
  [[noreturn]] void refuse(const std::string& wanted) const;

  const JsonValue* value_;
  std::string file_;
  std::string path_;
};

}  // namespace cairn
