#include "segmenter/json.hpp"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/error.hpp"
#include "core/felt252.hpp"
#include "segmenter/felt_text.hpp"

namespace cairn {
namespace {

using Kind = JsonValue::Kind;

constexpr size_t kMaxDepth = 32;
constexpr size_t kMaxValues = 8'000'000;

const char* noun(Kind kind) {
  switch (kind) {
    case Kind::kNull:
      return "null";
    case Kind::kBoolean:
      return "a boolean";
    case Kind::kNumber:
      return "a number";
    case Kind::kString:
      return "a string";
    case Kind::kArray:
      return "an array";
    case Kind::kObject:
      return "an object";
  }
  return "nothing";
}

/// Receives the parser's events; false stops it, `problem` says why.
class TreeBuilder {
 public:
  explicit TreeBuilder(JsonValue& root) : root_(root) {}
  std::string problem;

  bool null() { return put({}); }
  bool boolean(bool) { return put({Kind::kBoolean, {}, {}, {}}); }
  bool number_integer(int64_t x) { return put({Kind::kNumber, std::to_string(x), {}, {}}); }
  bool number_unsigned(uint64_t x) { return put({Kind::kNumber, std::to_string(x), {}, {}}); }
  /// Integers beyond 64 bits arrive here too; `raw` is the text as it stands in the file.
  bool number_float(double, const std::string& raw) { return put({Kind::kNumber, raw, {}, {}}); }
  bool string(std::string& x) { return put({Kind::kString, std::move(x), {}, {}}); }
  bool binary(nlohmann::json::binary_t&) { return false; }
  bool start_object(size_t) { return open(Kind::kObject); }
  bool start_array(size_t) { return open(Kind::kArray); }
  bool end_object() { return sort_members(*stack_.back()) && close(); }
  bool end_array() { return close(); }
  bool key(std::string& name) {
    stack_.back()->names.push_back(std::move(name));
    return true;
  }
  bool parse_error(size_t position, const std::string&, const nlohmann::detail::exception&) {
    problem = fmt::format("not JSON from byte {} on", position);
    return false;
  }

 private:
  bool put(JsonValue value) {
    if (++count_ > kMaxValues) {
      problem = fmt::format("more than {} values", kMaxValues);
      return false;
    }
    if (stack_.empty()) {
      root_ = std::move(value);
    } else {
      stack_.back()->items.push_back(std::move(value));
    }
    return true;
  }
  bool open(Kind kind) {
    if (stack_.size() == kMaxDepth) {
      problem = fmt::format("nested deeper than {}", kMaxDepth);
      return false;
    }
    if (!put({kind, {}, {}, {}})) return false;
    stack_.push_back(stack_.empty() ? &root_ : &stack_.back()->items.back());
    return true;
  }
  bool close() {
    stack_.pop_back();
    return true;
  }
  /// By name: a million of them must not take a million searches each through all others.
  bool sort_members(JsonValue& object) {
    const size_t count = object.names.size();
    std::vector<size_t> order(count);
    std::iota(order.begin(), order.end(), size_t{0});
    std::sort(order.begin(), order.end(),
              [&](size_t a, size_t b) { return object.names[a] < object.names[b]; });
    JsonValue sorted{Kind::kObject, {}, {}, {}};
    sorted.names.reserve(count);
    sorted.items.reserve(count);
    for (const size_t i : order) {
      if (!sorted.names.empty() && sorted.names.back() == object.names[i]) {
        problem = fmt::format("member {} occurs twice", object.names[i]);
        return false;
      }
      sorted.names.push_back(std::move(object.names[i]));
      sorted.items.push_back(std::move(object.items[i]));
    }
    object = std::move(sorted);
    return true;
  }

  JsonValue& root_;
  std::vector<JsonValue*> stack_;  // pointers stay valid: only the last item of each is open
  size_t count_ = 0;
};

}  // namespace

JsonValue parse_json(const std::string& file, const std::string& text) {
  JsonValue root;
  TreeBuilder builder(root);
  if (!nlohmann::json::sax_parse(text, &builder)) {
    throw Error(Code::kBadInput, file + ": " + builder.problem);
  }
  return root;
}

void JsonCursor::refuse(const std::string& wanted) const {
  throw Error(Code::kBadInput, where() + " is " + wanted);
}

const JsonValue& JsonCursor::want(Kind kind) const {
  if (value_->kind != kind) refuse(fmt::format("{}, wanted {}", noun(value_->kind), noun(kind)));
  return *value_;
}

bool JsonCursor::has(std::string_view name) const {
  const JsonValue& object = want(Kind::kObject);
  return std::binary_search(object.names.begin(), object.names.end(), name);
}

bool JsonCursor::has_value(std::string_view name) const {
  return has(name) && member(name).value_->kind != Kind::kNull;
}

JsonCursor JsonCursor::member(std::string_view name) const {
  const JsonValue& object = want(Kind::kObject);
  const auto found = std::lower_bound(object.names.begin(), object.names.end(), name);
  JsonCursor result = *this;
  result.path_ = fmt::format("{}{}{}", path_, path_.empty() ? "" : ".", name);
  if (found == object.names.end() || *found != name) result.refuse("missing");
  result.value_ = &object.items[found - object.names.begin()];
  return result;
}

const std::vector<std::string>& JsonCursor::names() const { return want(Kind::kObject).names; }

size_t JsonCursor::size() const { return want(Kind::kArray).items.size(); }

JsonCursor JsonCursor::element(size_t i) const {
  const JsonValue& array = want(Kind::kArray);
  JsonCursor result = *this;
  result.path_ += fmt::format("[{}]", i);
  if (i >= array.items.size()) result.refuse("missing");
  result.value_ = &array.items[i];
  return result;
}

uint64_t JsonCursor::integer(uint64_t limit) const {
  const std::string& text = want(Kind::kNumber).text;
  const std::optional<Felt> value = parse_decimal(text);
  if (!value) refuse(text + ", wanted a whole number");
  if (is_below(Felt{{limit, 0, 0, 0}}, *value))
    refuse(fmt::format("{}, wanted at most {}", text, limit));
  return value->word[0];
}

const std::string& JsonCursor::number() const { return want(Kind::kNumber).text; }

const std::string& JsonCursor::string() const { return want(Kind::kString).text; }

std::vector<Felt> JsonCursor::felts() const {
  const JsonValue& array = want(Kind::kArray);
  std::vector<Felt> result;
  result.reserve(array.items.size());
  for (size_t i = 0; i < array.items.size(); ++i) {
    const std::string& text = element(i).want(Kind::kNumber).text;
    const std::optional<Felt> value = parse_decimal(text);
    if (!value || !is_below(*value, kCairoPrime)) {
      element(i).refuse(text + ", wanted a whole number below the Cairo prime");
    }
    result.push_back(*value);
  }
  return result;
}

}  // namespace cairn
