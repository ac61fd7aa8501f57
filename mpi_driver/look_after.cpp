// The coordinator's watch over time: stopping when asked, ranks that are silent, the store's lock.
#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "aggregator/publish.hpp"
#include "core/log.hpp"
#include "mpi_driver/coordinator.hpp"

namespace cairn {
namespace {

using nlohmann::json;
using std::chrono::steady_clock;

/// A step of time longer than this was the machine's sleep, not the ranks'.
constexpr double kLongestStep = 1;
constexpr double kBeatSeconds = 2;
/// What a task may take beyond the longest so far.
constexpr double kTaskFactor = 1.5;

double seconds_between(steady_clock::time_point begin, steady_clock::time_point end) {
  return std::chrono::duration<double>(end - begin).count();
}

}  // namespace

void Coordinator::look_after() {
  const auto now = steady_clock::now();
  schedule_->pass(std::min(kLongestStep, seconds_between(last_look_, now)));
  fold_->pass(schedule_->now());
  last_look_ = now;
  const bool beat = seconds_between(last_beat_, now) > kBeatSeconds;
  if (beat) {
    last_beat_ = now;
    if (input_->store != nullptr) input_->store->beat();
    if (!asked_to_stop_ && input_->store != nullptr && input_->store->stop_asked()) {
      asked_to_stop_ = fmt::format("{}/stop", input_->store->folder());
    }
  }
  if (schedule_->unfinished() == 0) return;  // what is left takes no longer than stopping

  if (const int rank = schedule_->silent_rank()) {
    const Schedule::Running running = *schedule_->running(rank);
    give_up(rank, fmt::format("{}, segment {}", phase_, running.task.bundle),
            schedule_->now() - running.since);
  }
  if (!schedule_->closed()) {
    const std::optional<std::string> reason = stop_reason();
    if (!reason) return;
    asked_to_stop_ = reason;
    schedule_->close();
    stopping_since_ = schedule_->now();
    log_warning("stopping: no more work is handed out", {{"asked_by", *reason}});
  }
  if (schedule_->any_running() && schedule_->now() < stopping_since_ + grace()) return;
  const std::string kept = input_->store == nullptr
                               ? std::string("nothing is kept without --work")
                               : fmt::format("{} of {} segments are proven and kept in {}", proven_,
                                             leaves_, input_->store->folder());
  throw Error(Code::kPeerLost, fmt::format("stopped in {} by {}: {}; run the same command again",
                                           phase_, *asked_to_stop_, kept));
}

std::optional<std::string> Coordinator::stop_reason() {
  if (asked_to_stop_) return asked_to_stop_;
  if (const auto signal = stop_signal()) return signal;
  const TimeRules& times = input_->times;
  const double needed = times.margin + kTaskFactor * longest_task_;
  if (times.end > 0 && wall_clock() + needed > times.end) {
    return fmt::format("the end of the Slurm job in {:.0f} s", times.end - wall_clock());
  }
  return std::nullopt;
}

/// How long running tasks may go on after a stop was asked for.
double Coordinator::grace() const {
  if (input_->store == nullptr) return 0;
  const bool terminated = stop_signal() == "SIGTERM";
  return terminated ? input_->times.term_grace : input_->times.grace;
}

std::string Coordinator::host_of(int rank) const {
  const auto hello = hellos_.find(rank);
  return hello == hellos_.end() ? "" : hello->second.host;
}

/// Ends the job over a rank that is silent, and leaves a picture of who did what.
void Coordinator::give_up(int rank, const std::string& doing, double seconds) {
  json ranks = json::array();
  for (int other = 1; other <= workers(); ++other) {
    const auto& running = schedule_->running(other);
    json state = {{"rank", other}, {"host", host_of(other)}, {"task", nullptr}};
    std::string task = "none";
    if (running) {
      task = fmt::format("{} {}", phase_, running->task.bundle);
      state["task"] = task;
      state["seconds"] = schedule_->now() - running->since;
      state["bound_seconds"] = schedule_->patience(running->task);
    }
    ranks.push_back(state);
    log_error("state", {{"of", other},
                        {"host", host_of(other)},
                        {"task", task},
                        {"seconds", running ? schedule_->now() - running->since : 0.0}});
  }
  const json dump = {{"phase", phase_},
                     {"silent_rank", rank},
                     {"segments", leaves_},
                     {"segments_proven", proven_},
                     {"tasks_unfinished", schedule_->unfinished()},
                     {"ranks", ranks}};
  std::string kept;
  if (input_->store != nullptr) {
    const std::string text = dump.dump(2) + '\n';
    const std::string path = input_->store->folder() + "/state.json";
    try {
      publish(path, std::as_bytes(std::span(text)));
      kept = fmt::format("; state in {}", path);
    } catch (const Error& error) {  // no reason to be silent about the rank
      kept = fmt::format("; no state: {}", error.what());
    }
  }
  throw Error(Code::kPeerLost,
              fmt::format("rank {} ({}) is silent for {:.0f} s: {}{}; run the same command again",
                          rank, host_of(rank), seconds, doing, kept));
}

}  // namespace cairn
