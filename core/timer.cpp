#include "core/timer.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/error.hpp"

namespace cairn {
namespace {

thread_local PhaseTimer* steps_of_this_thread = nullptr;

void add_own_seconds(const PhaseTimer::Phase& phase,
                     std::vector<std::pair<std::string, double>>& list) {
  for (const auto& inner : phase.inner) {
    double own = inner->seconds;
    for (const auto& below : inner->inner) own -= below->seconds;
    const auto same = std::find_if(list.begin(), list.end(),
                                   [&](const auto& entry) { return entry.first == inner->name; });
    if (same == list.end()) {
      list.emplace_back(inner->name, own);
    } else {
      same->second += own;
    }
    add_own_seconds(*inner, list);
  }
}

std::string json_of(const PhaseTimer::Phase& phase) {
  std::string text = "{";
  for (const auto& inner : phase.inner) {
    if (text.size() > 1) text += ", ";
    text += fmt::format("\"{}\": {{\"seconds\": {:.6f}, \"count\": {}", inner->name, inner->seconds,
                        inner->count);
    if (!inner->inner.empty()) text += ", \"phases\": " + json_of(*inner);
    text += "}";
  }
  return text + "}";
}

void add_lines(const PhaseTimer::Phase& phase, double whole, int depth, std::string& text) {
  for (const auto& inner : phase.inner) {
    const double share = whole > 0 ? 100 * inner->seconds / whole : 0;
    text += fmt::format("{:<32} {:>10.3f} s {:>5.1f} % {:>8}\n",
                        std::string(static_cast<size_t>(2 * depth), ' ') + inner->name,
                        inner->seconds, share, inner->count);
    add_lines(*inner, whole, depth + 1, text);
  }
}

}  // namespace

PhaseTimer::Scope::~Scope() {
  if (timer_ == nullptr) return;
  if (timer_->settle_) {
    try {
      timer_->settle_();
    } catch (...) {
      // A device that failed says so again at its next call, outside a destructor.
    }
  }
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start_;
  Phase& phase = *timer_->open_.back();
  phase.seconds += elapsed.count();
  ++phase.count;
  timer_->open_.pop_back();
}

PhaseTimer::Scope PhaseTimer::enter(std::string_view name) {
  check(name.find_first_of("\"\\\n") == std::string_view::npos, "a phase name needs no escapes");
  Phase& outer = open_.empty() ? root_ : *open_.back();
  Phase* phase = nullptr;
  for (const auto& inner : outer.inner) {
    if (inner->name == name) phase = inner.get();
  }
  if (phase == nullptr) {
    outer.inner.push_back(std::make_unique<Phase>());
    phase = outer.inner.back().get();
    phase->name = name;
  }
  if (settle_) settle_();
  open_.push_back(phase);
  return Scope(this);
}

std::vector<std::pair<std::string, double>> PhaseTimer::own_seconds() const {
  std::vector<std::pair<std::string, double>> list;
  add_own_seconds(root_, list);
  return list;
}

const PhaseTimer::Phase& PhaseTimer::total() const {
  root_.seconds = 0;
  for (const auto& inner : root_.inner) root_.seconds += inner->seconds;
  return root_;
}

std::string PhaseTimer::json() const { return json_of(root_); }

std::string PhaseTimer::table() const {
  std::string text;
  add_lines(root_, total().seconds, 0, text);
  return text;
}

TimedSteps::TimedSteps(PhaseTimer& timer) : before_(steps_of_this_thread) {
  steps_of_this_thread = &timer;
}

TimedSteps::~TimedSteps() { steps_of_this_thread = before_; }

PhaseTimer::Scope step(std::string_view name) {
  PhaseTimer* const timer = steps_of_this_thread;
  return timer == nullptr ? PhaseTimer::Scope(nullptr) : timer->enter(name);
}

}  // namespace cairn
