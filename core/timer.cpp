#include "core/timer.hpp"

#include <fmt/format.h>

#include "core/error.hpp"

namespace cairn {
namespace {

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
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start_;
  Phase& phase = *timer_.open_.back();
  phase.seconds += elapsed.count();
  ++phase.count;
  timer_.open_.pop_back();
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
  open_.push_back(phase);
  return Scope(*this);
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

}  // namespace cairn
