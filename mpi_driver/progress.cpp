#include "mpi_driver/progress.hpp"

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>
#include <unistd.h>

namespace cairn {

using std::chrono::steady_clock;

Progress::Style Progress::style_of_stderr() {
  return isatty(STDERR_FILENO) == 1 ? Style::kBar : Style::kLines;
}

Progress::Progress(Style style) : style_(style) {}

double Progress::elapsed() const {
  return std::chrono::duration<double>(steady_clock::now() - start_).count();
}

void Progress::begin(const std::string& phase, uint64_t total) {
  end();
  phases_.push_back({phase, 0});
  running_ = true;
  start_ = steady_clock::now();
  total_ = total;
  done_ = 0;
  tenths_said_ = 0;
  if (style_ == Style::kBar) draw(false);
}

void Progress::advance(uint64_t units) {
  done_ += units;
  if (style_ == Style::kBar) draw(false);
  if (style_ == Style::kLines && total_ > 0) {
    const uint64_t tenths = std::min<uint64_t>(10, 10 * done_ / total_);
    // Not for what is over in a moment.
    if (tenths > tenths_said_ && tenths < 10 && elapsed() > 0.2) {
      const double left =
          elapsed() / static_cast<double>(done_) * static_cast<double>(total_ - done_);
      fmt::print(stderr, "{:<8} {:>3} %  {} left\n", phases_.back().name, 10 * tenths,
                 format_seconds(left));
    }
    tenths_said_ = tenths;
  }
}

void Progress::note(const std::string& text) {
  if (style_ == Style::kQuiet) return;
  fmt::print(stderr, "{}{}\n", style_ == Style::kBar ? "\r\033[K" : "", text);
}

void Progress::tick() {
  if (style_ == Style::kBar && running_) draw(false);
}

void Progress::end() {
  if (!running_) return;
  phases_.back().seconds = elapsed();
  running_ = false;
  if (style_ == Style::kBar) draw(true);
  if (style_ == Style::kLines) {
    fmt::print(stderr, "{:<8} done in {}\n", phases_.back().name,
               format_seconds(phases_.back().seconds));
  }
}

void Progress::draw(bool final) {
  constexpr size_t kWidth = 30;
  const double seconds = final ? phases_.back().seconds : elapsed();
  std::string line = fmt::format("\r\033[K{:<8} ", phases_.back().name);
  if (total_ > 0) {
    const double part = final ? 1 : static_cast<double>(done_) / static_cast<double>(total_);
    const auto full = std::min(kWidth, static_cast<size_t>(part * kWidth));
    line += fmt::format("[{}{}] {:>3.0f} %  ", std::string(full, '#'),
                        std::string(kWidth - full, '.'), 100 * part);
  }
  line += format_seconds(seconds);
  if (!final && done_ > 0 && done_ < total_) {
    const double left = seconds / static_cast<double>(done_) * static_cast<double>(total_ - done_);
    line += fmt::format(", {} left", format_seconds(left));
  }
  if (final) line += '\n';
  std::fputs(line.c_str(), stderr);
  std::fflush(stderr);
}

std::string format_seconds(double seconds) {
  if (seconds < 0.001) return fmt::format("{:.0f} us", 1e6 * seconds);
  if (seconds < 1) return fmt::format("{:.0f} ms", 1e3 * seconds);
  if (seconds < 60) return fmt::format("{:.1f} s", seconds);
  const auto whole = static_cast<uint64_t>(seconds + 0.5);
  if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min", whole / 3600, whole / 60 % 60);
}

std::string format_bytes(double bytes) {
  const char* unit = "B";
  for (const char* next : {"KiB", "MiB", "GiB", "TiB"}) {
    if (bytes < 1024) break;
    bytes /= 1024;
    unit = next;
  }
  return fmt::format("{:.{}f} {}", bytes, *unit == 'B' ? 0 : 1, unit);
}

std::string format_count(uint64_t count) {
  std::string text = std::to_string(count);
  for (int at = static_cast<int>(text.size()) - 3; at > 0; at -= 3) text.insert(at, 1, ' ');
  return text;
}

}  // namespace cairn
