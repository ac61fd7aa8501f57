#include "core/log.hpp"

#include <cstdlib>
#include <mutex>

#include <fmt/format.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace cairn {
namespace {

constexpr const char* kNames[] = {"debug", "info", "warning", "error", "off"};

spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
    case LogLevel::kOff:
      break;
  }
  return spdlog::level::off;
}

LogLevel level_of_environment() {
  const char* wanted = std::getenv("CAIRN_LOG");
  for (int i = 0; wanted != nullptr && i <= static_cast<int>(LogLevel::kOff); ++i) {
    if (std::string_view(wanted) == kNames[i]) return static_cast<LogLevel>(i);
  }
  return LogLevel::kWarning;
}

struct Logger {
  spdlog::logger sink{"cairn", std::make_shared<spdlog::sinks::stderr_sink_mt>()};
  std::mutex mutex;  // guards what follows
  int rank = -1;
  std::string phase;

  Logger() {
    sink.set_pattern("%H:%M:%S.%e %v");
    sink.set_level(spdlog_level(level_of_environment()));
    sink.flush_on(spdlog::level::debug);
  }
};

Logger& logger() {
  static Logger instance;
  return instance;
}

/// The text on one line; in quotes if it is a value that blanks would cut.
std::string escaped(std::string_view text, bool value) {
  std::string result;
  for (const char c : text) {
    if (c == '\n') {
      result += "\\n";
    } else if (c == '\r') {
      result += "\\r";
    } else if (value && c == '"') {
      result += "\\\"";
    } else {
      result += c;
    }
  }
  const bool quote = value && (text.empty() || text.find_first_of(" =\"\n") != std::string::npos);
  return quote ? "\"" + result + "\"" : result;
}

}  // namespace

LogField::LogField(std::string_view k, double v) : key(k), value(fmt::format("{:.3f}", v)) {}

void set_log_level(LogLevel level) { logger().sink.set_level(spdlog_level(level)); }

void set_log_rank(int rank) {
  const std::lock_guard lock(logger().mutex);
  logger().rank = rank;
}

void set_log_phase(std::string_view phase) {
  const std::lock_guard lock(logger().mutex);
  logger().phase = phase;
}

bool log_enabled(LogLevel level) {
  return level != LogLevel::kOff && logger().sink.should_log(spdlog_level(level));
}

std::string format_log_line(LogLevel level, int rank, std::string_view phase,
                            std::string_view event, std::initializer_list<LogField> fields) {
  std::string line = kNames[static_cast<int>(level)];
  if (rank >= 0) line += fmt::format(" rank={}", rank);
  if (!phase.empty()) line += " phase=" + escaped(phase, true);
  line += " " + escaped(event, false);
  for (const LogField& field : fields) line += " " + field.key + "=" + escaped(field.value, true);
  return line;
}

void log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
  if (!log_enabled(level)) return;
  std::string line;
  {
    const std::lock_guard lock(logger().mutex);
    line = format_log_line(level, logger().rank, logger().phase, event, fields);
  }
  logger().sink.log(spdlog_level(level), line);
}

}  // namespace cairn
