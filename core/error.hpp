// Errors: throw when this rank cannot go on, return a Result when the caller decides, check() what
// only a bug can break. An Error carries the exit code of the process; it is caught once, in main.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>
#include <variant>

namespace cairn {

/// Exit codes of every program (docs/running.md says what each asks of an operator).
enum class Code : int {
  kOk = 0,
  kUsage = 1,
  kBadInput = 2,
  kInvalidProof = 3,
  kOutOfResource = 4,
  kPeerLost = 5,
  kBug = 70,
};

/// One sentence: what was found, what was wanted, where.
class Error : public std::runtime_error {
 public:
  Error(Code code, const std::string& sentence) : std::runtime_error(sentence), code_(code) {}
  Code code() const { return code_; }

 private:
  Code code_;
};

/// Throws Error(kBug) with the place when `condition` is false. Stays on in release builds.
inline void check(bool condition, const char* sentence, const char* file = __builtin_FILE(),
                  int line = __builtin_LINE()) {
  if (!condition) {
    throw Error(Code::kBug,
                std::string("bug: ") + sentence + " (" + file + ":" + std::to_string(line) + ")");
  }
}

/// A T or the Error that took its place.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : content_(std::move(value)) {}      // NOLINT(google-explicit-constructor)
  Result(Error error) : content_(std::move(error)) {}  // NOLINT(google-explicit-constructor)
  bool ok() const { return std::holds_alternative<T>(content_); }
  const Error& error() const { return std::get<Error>(content_); }
  /// The value; throws the error if there is none.
  T& value() & {
    if (!ok()) throw error();
    return std::get<T>(content_);
  }
  T&& value() && {
    if (!ok()) throw error();
    return std::get<T>(std::move(content_));
  }

 private:
  std::variant<T, Error> content_;
};

}  // namespace cairn
