// Who does which task: pulling, copies of late tasks, ranks that gave a wrong result, silence.
//
// Who is idle gets the dearest task left. When none is left, it gets a copy of one that is late
// elsewhere: results are functions of the job, so whichever comes first serves. Time is what the
// coordinator saw pass while it was awake (pass()), so that a machine that sleeps makes nobody
// late.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "mpi_driver/messages.hpp"

namespace cairn {

class Schedule {
 public:
  /// Ranks 1 to `workers`. `cost` by bundle: cells. `watchdog_seconds`: fixed bound on silence in
  /// place of the predicted one, if not 0.
  Schedule(int workers, std::vector<uint64_t> cost, double watchdog_seconds);

  /// One more thing to do. Each task is done once in a job.
  void add(const Task& task);
  void add(std::vector<Task> tasks);
  /// Tasks asked for, whose result was not accepted yet.
  size_t unfinished() const { return wanted_.size(); }
  uint64_t unfinished_cost() const;
  bool closed() const { return closed_; }
  /// Hands out nothing more.
  void close() { queue_.clear(), closed_ = true; }

  /// The rank may have kept what makes proving this bundle cheaper: it gets it first.
  void committed(int rank, uint32_t bundle) { committer_[bundle] = rank; }

  /// What a rank that is idle should do; it runs from now on.
  std::optional<Task> next(int rank);
  /// The rank came back from its task after so many seconds of its own.
  void released(int rank, double seconds);
  /// Is a result of this task still wanted?
  bool wanted(const Task& task) const { return wanted_.contains(task); }
  /// The result is accepted.
  void accept(const Task& task);
  /// The rank's result was wrong: to be done by another, if there is one; the rank gets no more
  /// work.
  void refuse(int rank, const Task& task);
  /// Ranks whose result of this task was wrong.
  size_t refusals(const Task& task) const;

  struct Running {
    Task task;
    double since;
  };
  const std::optional<Running>& running(int rank) const { return running_[rank]; }
  bool any_running() const;

  /// So much time went by.
  void pass(double seconds) { now_ += seconds; }
  double now() const { return now_; }
  /// Seconds that a task takes, judged by others of its kind; nothing before one was finished.
  std::optional<double> predicted(const Task& task) const;
  /// Silence on a task beyond which its rank is given up.
  double patience(const Task& task) const;
  /// A rank that is silent beyond that on a task that is still wanted; 0 if there is none.
  int silent_rank() const;

 private:
  bool fit(int rank, const Task& task) const;
  std::optional<Task> late_elsewhere(int rank) const;

  std::vector<uint64_t> cost_;
  double watchdog_seconds_;
  double now_ = 0;
  bool closed_ = false;
  std::deque<Task> queue_;
  std::map<uint32_t, int> committer_;  // by bundle
  std::set<Task> wanted_;
  std::set<Task> returned_;                      // a result is here, not yet accepted or refused
  std::vector<std::optional<Running>> running_;  // by rank
  std::map<Task, std::set<int>> refused_;        // by whom
  std::set<int> distrusted_;
  struct Rate {
    double seconds = 0;
    double cost = 0;
  };
  std::array<Rate, kTaskKinds> rates_{};
};

}  // namespace cairn
