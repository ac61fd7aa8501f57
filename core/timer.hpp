// Named phases with nested totals: where a run's wall time went, as a table for people and as JSON.
//
//   PhaseTimer timer;
//   { auto phase = timer.enter("commit"); { auto inner = timer.enter("ntt"); ... } ... }
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cairn {

/// Phases are entered and left by one thread, innermost first.
class PhaseTimer {
 public:
  /// A phase and its total over all the times it was entered in the same place.
  struct Phase {
    std::string name;
    double seconds = 0;  // wall time, inner phases included
    uint64_t count = 0;
    std::vector<std::unique_ptr<Phase>> inner;  // in the order in which they were first entered
  };

  /// Leaves its phase when destroyed; must not outlive the timer. Of no timer, it does nothing.
  class [[nodiscard]] Scope {
   public:
    explicit Scope(PhaseTimer* timer) : timer_(timer), start_(std::chrono::steady_clock::now()) {}
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;
    ~Scope();

   private:
    PhaseTimer* timer_;
    std::chrono::steady_clock::time_point start_;
  };

  /// `settle` runs before each reading of the clock: what was only started on a device is waited
  /// for, so that it counts to the phase that started it.
  explicit PhaseTimer(std::function<void()> settle = {}) : settle_(std::move(settle)) {}
  PhaseTimer(const PhaseTimer&) = delete;
  PhaseTimer& operator=(const PhaseTimer&) = delete;

  /// Enters the phase `name` within the one that is open.
  Scope enter(std::string_view name);
  /// Seconds of every name without its inner phases, wherever it was entered; they add up to
  /// total(). In the order in which the names were first entered, outer ones first.
  std::vector<std::pair<std::string, double>> own_seconds() const;
  /// The root: nameless, its seconds the sum of the outermost phases.
  const Phase& total() const;

  /// {"name": {"seconds": s, "count": n, "phases": {...}}, ...} of the outermost phases.
  std::string json() const;
  /// One line a phase, inner ones indented: seconds, share of the whole, times entered.
  std::string table() const;

 private:
  std::function<void()> settle_;
  mutable Phase root_;
  std::vector<Phase*> open_;  // innermost last
};

/// While it lives, the steps of this thread go to `timer`.
class [[nodiscard]] TimedSteps {
 public:
  explicit TimedSteps(PhaseTimer& timer);
  TimedSteps(const TimedSteps&) = delete;
  TimedSteps& operator=(const TimedSteps&) = delete;
  ~TimedSteps();

 private:
  PhaseTimer* before_;
};

/// Enters the phase `name` of the timer that this thread's steps go to. What computes names its
/// steps so, and needs not be told whether anybody measures.
PhaseTimer::Scope step(std::string_view name);

}  // namespace cairn
