// Tells people how far a job is: one redrawn line with the time left on a terminal, elsewhere one
// line a phase and one each 10 %. Goes to stderr; results go to stdout.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace cairn {

/// One phase of a job and the wall time that it took.
struct PhaseTime {
  std::string name;
  double seconds;
};

class Progress {
 public:
  enum class Style { kQuiet, kLines, kBar };
  /// kBar on a terminal, kLines elsewhere.
  static Style style_of_stderr();

  explicit Progress(Style style);

  /// Ends the phase before and begins the next, of `total` units of work (0: unknown).
  void begin(const std::string& phase, uint64_t total = 0);
  void advance(uint64_t units);
  /// Says a line of its own.
  void note(const std::string& text);
  /// Redraws the line on a terminal.
  void tick();
  /// Ends the last phase.
  void end();

  const std::vector<PhaseTime>& phases() const { return phases_; }

 private:
  double elapsed() const;
  void draw(bool final);

  Style style_;
  std::vector<PhaseTime> phases_;
  bool running_ = false;
  std::chrono::steady_clock::time_point start_;
  uint64_t total_ = 0;
  uint64_t done_ = 0;
  uint64_t tenths_said_ = 0;
};

/// "3.2 s", "4 min 05 s", "1 h 02 min".
std::string format_seconds(double seconds);
/// "512 B", "3.4 MiB".
std::string format_bytes(double bytes);
/// "1 234 567".
std::string format_count(uint64_t count);

}  // namespace cairn
