#include "mpi_driver/schedule.hpp"

#include <algorithm>

namespace cairn {
namespace {

/// A copy is made of a task that takes longer than this.
constexpr double kLateFactor = 2;
constexpr double kLateSeconds = 0.5;
/// A rank is given up that is silent longer than this: many times what the slowest machine that
/// still helps would take.
constexpr double kPatienceFactor = 50;
constexpr double kPatienceSeconds = 60;
/// Before anything was measured: seconds a cell on the slowest machine thinkable.
constexpr double kSlowestRate = 50e-6;

/// Counting adds to what a rank has counted before, so only other tasks may be done twice.
bool may_be_copied(const Task& task) {
  return task.kind == TaskKind::kCommit || task.kind == TaskKind::kProve;
}

}  // namespace

Schedule::Schedule(int workers, std::vector<uint64_t> cost, double watchdog_seconds)
    : cost_(std::move(cost)), watchdog_seconds_(watchdog_seconds), running_(workers + 1) {}

void Schedule::add(const Task& task) {
  wanted_.insert(task);
  if (!closed_) queue_.push_back(task);
}

void Schedule::add(std::vector<Task> tasks) {
  std::stable_sort(tasks.begin(), tasks.end(),
                   [&](const Task& a, const Task& b) { return cost_[a.bundle] > cost_[b.bundle]; });
  for (const Task& task : tasks) add(task);
}

uint64_t Schedule::unfinished_cost() const {
  uint64_t cost = 0;
  for (const Task& task : wanted_) cost += cost_[task.bundle];
  return cost;
}

/// May the rank do this task? Not after it did it wrong, unless nobody else is left.
bool Schedule::fit(int rank, const Task& task) const {
  if (distrusted_.size() + 1 >= running_.size()) return true;
  const auto refused = refused_.find(task);
  return !distrusted_.contains(rank) &&
         (refused == refused_.end() || !refused->second.contains(rank));
}

std::optional<Task> Schedule::next(int rank) {
  std::optional<Task> task;
  const auto own = std::find_if(queue_.begin(), queue_.end(), [&](const Task& queued) {
    const auto committer = committer_.find(queued.bundle);
    return queued.kind == TaskKind::kProve && committer != committer_.end() &&
           committer->second == rank && fit(rank, queued);
  });
  const auto found = own != queue_.end()
                         ? own
                         : std::find_if(queue_.begin(), queue_.end(),
                                        [&](const Task& queued) { return fit(rank, queued); });
  if (found != queue_.end()) {
    task = *found;
    queue_.erase(found);
  } else if (queue_.empty() && !closed_) {
    task = late_elsewhere(rank);
  }
  if (task) running_[rank] = Running{*task, now_};
  return task;
}

std::optional<Task> Schedule::late_elsewhere(int rank) const {
  const Running* latest = nullptr;
  for (const auto& running : running_) {
    if (!running || !may_be_copied(running->task) || !wanted(running->task)) continue;
    if (returned_.contains(running->task)) continue;
    const auto copies = std::count_if(running_.begin(), running_.end(), [&](const auto& other) {
      return other && other->task == running->task;
    });
    const std::optional<double> expected = predicted(running->task);
    if (copies > 1 || !expected || !fit(rank, running->task)) continue;
    if (now_ - running->since < kLateFactor * *expected + kLateSeconds) continue;
    if (latest == nullptr || running->since < latest->since) latest = &*running;
  }
  return latest == nullptr ? std::nullopt : std::optional(latest->task);
}

void Schedule::released(int rank, double seconds) {
  const std::optional<Running>& running = running_[rank];
  check(running.has_value(), "a rank came back from a task that it did not have");
  Rate& rate = rates_[static_cast<size_t>(running->task.kind)];
  rate.seconds += seconds;
  rate.cost += static_cast<double>(cost_[running->task.bundle]);
  returned_.insert(running->task);
  running_[rank].reset();
}

void Schedule::accept(const Task& task) {
  returned_.erase(task);
  wanted_.erase(task);
  std::erase(queue_, task);  // in case it was asked for again
}

void Schedule::refuse(int rank, const Task& task) {
  returned_.erase(task);
  refused_[task].insert(rank);
  distrusted_.insert(rank);
  const bool elsewhere = std::any_of(running_.begin(), running_.end(), [&](const auto& running) {
    return running && running->task == task;
  });
  if (wanted(task) && !elsewhere && !closed_) queue_.push_front(task);
}

size_t Schedule::refusals(const Task& task) const {
  const auto found = refused_.find(task);
  return found == refused_.end() ? 0 : found->second.size();
}

bool Schedule::any_running() const {
  return std::any_of(running_.begin(), running_.end(),
                     [](const auto& running) { return running.has_value(); });
}

std::optional<double> Schedule::predicted(const Task& task) const {
  const Rate& rate = rates_[static_cast<size_t>(task.kind)];
  if (rate.cost <= 0) return std::nullopt;
  return rate.seconds / rate.cost * static_cast<double>(cost_[task.bundle]);
}

double Schedule::patience(const Task& task) const {
  if (watchdog_seconds_ > 0) return watchdog_seconds_;
  const std::optional<double> expected = predicted(task);
  return kPatienceSeconds + (expected ? kPatienceFactor * *expected
                                      : kSlowestRate * static_cast<double>(cost_[task.bundle]));
}

int Schedule::silent_rank() const {
  for (size_t rank = 1; rank < running_.size(); ++rank) {
    const std::optional<Running>& running = running_[rank];
    if (running && wanted(running->task) && now_ - running->since > patience(running->task)) {
      return static_cast<int>(rank);
    }
  }
  return 0;
}

}  // namespace cairn
