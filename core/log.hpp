// One-line structured log to stderr: time, level, rank, phase, event, key=value...
//
//   12:34:05.123 info rank=2 phase=commit bundle committed index=7 rows=1048576
//
// The environment variable CAIRN_LOG chooses the lowest level shown: debug, info, warning (the
// default), error or off.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace cairn {

enum class LogLevel { kDebug, kInfo, kWarning, kError, kOff };

/// A key and a value of a log line.
struct LogField {
  std::string key, value;

  LogField(std::string_view k, std::string_view v) : key(k), value(v) {}
  template <class T>
  requires std::integral<T> LogField(std::string_view k, T v) : key(k), value(std::to_string(v)) {}
  /// Seconds, rates and the like, with three digits after the point.
  LogField(std::string_view k, double v);
};

/// Sets the lowest level shown, in place of CAIRN_LOG's.
void set_log_level(LogLevel level);
/// Rank that lines of this process carry from now on; none before.
void set_log_rank(int rank);
/// Phase that lines of this process carry from now on; none while empty.
void set_log_phase(std::string_view phase);
/// Whether lines of `level` are shown; ask before building costly fields.
bool log_enabled(LogLevel level);

/// Writes one line, whole, from any thread. Line ends within texts are escaped.
void log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields = {});

inline void log_debug(std::string_view event, std::initializer_list<LogField> fields = {}) {
  log(LogLevel::kDebug, event, fields);
}
inline void log_info(std::string_view event, std::initializer_list<LogField> fields = {}) {
  log(LogLevel::kInfo, event, fields);
}
inline void log_warning(std::string_view event, std::initializer_list<LogField> fields = {}) {
  log(LogLevel::kWarning, event, fields);
}
inline void log_error(std::string_view event, std::initializer_list<LogField> fields = {}) {
  log(LogLevel::kError, event, fields);
}

/// The text of a line without its time: what tests compare.
std::string format_log_line(LogLevel level, int rank, std::string_view phase,
                            std::string_view event, std::initializer_list<LogField> fields);

}  // namespace cairn
