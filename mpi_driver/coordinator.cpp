#include "mpi_driver/coordinator.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "core/log.hpp"
#include "mpi_driver/collective_guard.hpp"
#include "mpi_driver/fault.hpp"

namespace cairn {
namespace {

using std::chrono::steady_clock;

constexpr auto kPatience = std::chrono::milliseconds(250);
/// What a rank may take to come to a collective, or to fold a node when nothing else is left.
constexpr double kStepSeconds = 60;
constexpr double kFoldSeconds = 20;
/// What sharing the image may take, in bytes a second.
constexpr double kSlowestLink = 10e6;

int number(Tag tag) { return static_cast<int>(tag); }

const char* name_of(TaskKind kind) {
  constexpr const char* kNames[kTaskKinds] = {"count", "count", "commit", "prove"};
  return kNames[static_cast<int>(kind)];
}

}  // namespace

Coordinator::Coordinator(Comm& comm, Progress& progress)
    : comm_(comm),
      progress_(progress),
      last_look_(steady_clock::now()),
      last_beat_(steady_clock::now()) {}

CheckedProof Coordinator::run(const JobInput& input) {
  check(comm_.rank() == 0 && comm_.size() > 1, "a coordinator is rank 0 and has workers");
  input_ = &input;
  leaves_ = static_cast<uint32_t>(input.bundles.size());
  schedule_.emplace(workers(), input.cost, input.times.watchdog);
  fold_.emplace(comm_, input.hash, leaves_, [this](const Fold::Made& made) { store_node(made); });
  earlier_.records.resize(leaves_);
  if (input.store != nullptr) {
    earlier_ = load_work(*input.store, input.hash, input.bundles, input.count_size);
    stored_nodes_ = load_nodes(*input.store, input.hash, leaves_);
  }
  set_up();
  commit();
  prove();
  phase_ = "fold";
  progress_.begin(phase_);
  fold_->begin_waiting();
  while (!fold_->done()) {
    fold_->take_over(
        input.times.watchdog > 0 ? input.times.watchdog : kFoldSeconds,
        [this](int rank) { return rank != 0 && schedule_->running(rank).has_value(); });
    if (!fold_->done()) wait();
  }
  progress_.end();
  std::vector<KoalaBear5> sums = fold_->sums();
  return {{input.hash, input.statement, records_, fold_->take()}, std::move(sums)};
}

void Coordinator::set_up() {
  phase_ = "setup";
  fault_point(0, phase_);
  progress_.begin(phase_);
  announce(Tag::kSetup);
  gather("setup");
  const double bound = kStepSeconds + static_cast<double>(input_->image.size()) / kSlowestLink;
  {
    const CollectiveGuard guard(bound, "sharing the image with all ranks");
    const std::span<const std::byte> view = comm_.share(input_->image);
    if (view.data() != input_->image.data() && input_->release_image) input_->release_image();
    comm_.broadcast(encode(JobSetup{input_->hash, input_->statement, input_->bundles}));
  }
  const double since = schedule_->now();
  while (static_cast<int>(hellos_.size()) < workers()) {
    wait();
    for (int rank = 1; rank <= workers(); ++rank) {
      if (!hellos_.contains(rank) && schedule_->now() - since > bound) {
        give_up(rank, "getting ready", schedule_->now() - since);
      }
    }
  }
}

/// Every record of the job: from the store, or committed now.
void Coordinator::commit() {
  records_.resize(leaves_);
  uint32_t known = 0;
  for (uint32_t i = 0; i < leaves_; ++i) {
    if (!earlier_.records[i]) continue;
    records_[i] = *earlier_.records[i];
    ++known;
  }
  if (known + earlier_.segments.size() > 0) {
    progress_.note(fmt::format("resuming: {} of {} segments committed, {} proven in {}", known,
                               leaves_, earlier_.segments.size(), input_->store->folder()));
  }
  if (known == leaves_) {
    draw_challenge();
    take_earlier_leaves();
  }
  // Counts are for committing or proving what reads them; a stored proof that may yet be refused
  // counts as missing.
  bool counts_needed = known < leaves_;
  for (uint32_t i = 0; i < leaves_; ++i) {
    counts_needed |= !input_->before_counts[i] && !fold_->has(i);
  }
  const bool count = counts_needed && earlier_.counts.empty();
  std::vector<Task> first;
  std::vector<Task> second;
  for (uint32_t i = 0; i < leaves_; ++i) {
    const bool early = input_->before_counts[i] && !earlier_.records[i];
    if (count) first.push_back({early ? TaskKind::kCountAndCommit : TaskKind::kCount, i});
    if (!count && early) first.push_back({TaskKind::kCommit, i});
    if (!input_->before_counts[i] && !earlier_.records[i]) {
      second.push_back({TaskKind::kCommit, i});
    }
  }
  run_tasks("commit", first);
  have_counts(counts_needed);
  run_tasks("tables", second);
}

/// Every worker gets the sums of the counts: of all workers, or those of an earlier run.
void Coordinator::have_counts(bool needed) {
  if (!needed) return;
  if (!earlier_.counts.empty()) {
    announce(Tag::kSetCounts);
    gather("counts");
    ByteWriter out;
    out.u32s(earlier_.counts);
    const CollectiveGuard broadcast(
        kStepSeconds + static_cast<double>(out.bytes().size()) / kSlowestLink,
        "sending the counts to all ranks");
    comm_.broadcast(out.take());
    earlier_.counts = {};
    return;
  }
  const bool keep = input_->store != nullptr;
  announce(Tag::kSumCounts, {std::byte{static_cast<unsigned char>(keep)}});
  gather("counts");
  if (!keep) return;
  const double since = schedule_->now();
  while (counts_.empty()) {
    wait();
    const double bound =
        kStepSeconds + 4.0 * static_cast<double>(input_->count_size) / kSlowestLink;
    if (schedule_->now() - since > bound) {
      give_up(1, "summing the counts", schedule_->now() - since);
    }
  }
  put_counts(*input_->store, counts_, {host_of(1), 1, 0});
  counts_ = {};
}

/// Soundness: alpha and gamma are drawn only when every main root of the job is fixed.
void Coordinator::draw_challenge() {
  challenge_ = {draw_global_challenge(input_->hash, input_->statement, records_), records_};
}

/// The stored proofs that hold are leaves.
void Coordinator::take_earlier_leaves() {
  for (auto& [index, segment] : std::exchange(earlier_.segments, {})) {
    try {
      fold_->add(input_->check_segment(challenge_, index, std::move(segment)), 0);
      ++proven_;
    } catch (const Error& error) {
      if (error.code() != Code::kInvalidProof) throw;
      input_->store->reject({EntryKind::kSegment, {index, 1}}, error.what());
    }
  }
}

void Coordinator::prove() {
  if (challenge_.records.empty()) {
    draw_challenge();
    take_earlier_leaves();
  }
  announce(Tag::kChallenge, encode(challenge_));
  std::vector<Task> tasks;
  for (uint32_t i = 0; i < leaves_; ++i) {
    if (!fold_->has(i)) tasks.push_back({TaskKind::kProve, i});
  }
  run_tasks("prove", tasks);
}

void Coordinator::run_tasks(const std::string& phase, std::vector<Task> tasks) {
  schedule_->add(std::move(tasks));
  if (schedule_->unfinished() == 0) return;
  phase_ = phase;
  progress_.begin(phase, schedule_->unfinished_cost());
  hand_out();
  while (schedule_->unfinished() > 0) wait();
}

void Coordinator::announce(Tag tag, const std::vector<std::byte>& payload) {
  for (int worker = 1; worker < comm_.size(); ++worker) comm_.send(worker, number(tag), payload);
}

void Coordinator::gather(const char* what) {
  arrived_.clear();
  const double since = schedule_->now();
  while (static_cast<int>(arrived_.size()) < workers()) {
    wait();
    for (int rank = 1; rank <= workers(); ++rank) {
      const double waited = schedule_->now() - since;
      if (!arrived_.contains(rank) && waited > patience_of(rank)) {
        give_up(rank, fmt::format("coming to the {}", what), waited);
      }
    }
  }
}

/// For the next sign of a rank that may first have to finish a task.
double Coordinator::patience_of(int rank) const {
  const auto& running = schedule_->running(rank);
  return running ? step_seconds() + schedule_->patience(running->task) : step_seconds();
}

double Coordinator::step_seconds() const {
  return input_->times.watchdog > 0 ? input_->times.watchdog : kStepSeconds;
}

void Coordinator::wait() {
  const std::optional<Message> message = comm_.receive(kPatience);
  if (message) {
    handle(*message);
  } else {
    progress_.tick();
  }
  look_after();
  hand_out();
}

void Coordinator::hand_out() {
  for (size_t left = idle_.size(); left > 0; --left) {
    const int rank = idle_.front();
    idle_.pop_front();
    if (const std::optional<Task> task = schedule_->next(rank)) {
      comm_.send(rank, number(Tag::kTask), encode(*task));
    } else {
      idle_.push_back(rank);
    }
  }
}

void Coordinator::handle(const Message& message) {
  const Hash hash = input_->hash;
  switch (static_cast<Tag>(message.tag)) {
    case Tag::kHello:
      hellos_[message.from] = decode<Hello>(message.payload);
      idle_.push_back(message.from);
      return;
    case Tag::kArrived:
      arrived_.insert(message.from);
      return;
    case Tag::kCounts: {
      ByteReader in(message.payload, "counts", Code::kBug);
      counts_ = in.u32s();
      in.finish();
      return;
    }
    case Tag::kDone: {
      auto done = decode<Done>(message.payload, hash);
      schedule_->released(message.from, done.seconds);
      longest_task_ = std::max(longest_task_, done.seconds);
      idle_.push_back(message.from);
      hand_out();  // before its result is looked at
      return finish(std::move(done), message.from);
    }
    case Tag::kMerged:
      return fold_->merged(decode<Merged>(message.payload, hash), message.from);
    case Tag::kRejected:
      return fold_->rejected(decode<Rejected>(message.payload, hash), message.from);
    case Tag::kNode: {
      ByteReader in(message.payload, "node", Code::kBug);
      const Node node = read_node(in, hash);
      in.finish();
      return fold_->root(node, message.from);
    }
    case Tag::kReport:
      reports_[message.from] = decode<WorkerReport>(message.payload);
      return;
    case Tag::kStopAsked:
      if (!asked_to_stop_) asked_to_stop_ = fmt::format("a signal to rank {}", message.from);
      return;
    default:
      throw Error(Code::kBug, "bug: the coordinator got a message that is not for it");
  }
}

void Coordinator::finish(Done done, int rank) {
  const uint32_t index = done.task.bundle;
  check(index < leaves_, "a task that nobody asked for");
  if (!schedule_->wanted(done.task)) {  // another was first
    if (done.leaf) comm_.send(rank, number(Tag::kDrop), encode(Span{index, 1}));
    if (done.record && !(*done.record == records_[index])) {
      log_warning("ranks disagree on a commitment", {{"segment", index}, {"rank", rank}});
    }
    return;
  }
  if (done.task.kind == TaskKind::kProve && !take_leaf(done, rank)) return;
  if (done.record) {
    records_[index] = *done.record;
    schedule_->committed(rank, index);
    if (input_->store != nullptr) {
      put_record(*input_->store, index, *done.record, {host_of(rank), rank, done.seconds});
    }
  }
  schedule_->accept(done.task);
  progress_.advance(input_->cost[index]);
  fault_point(0, name_of(done.task.kind));
}

/// Verifies, stores and folds a leaf; false when it does not hold.
bool Coordinator::take_leaf(const Done& done, int rank) {
  const uint32_t index = done.task.bundle;
  check(done.leaf && done.leaf->span == Span{index, 1}, "a proof comes with its leaf");
  try {
    Node leaf = input_->check_segment(challenge_, index, done.leaf->segments[0]);
    if (leaf.digest != done.leaf->digest || !(leaf.sum == done.leaf->sum)) {
      throw Error(Code::kInvalidProof, "its digest or sum is not that of its bytes");
    }
    if (input_->store != nullptr) {
      put_segment(*input_->store, index, leaf.segments[0], {host_of(rank), rank, done.seconds});
    }
    ++proven_;
    fold_->add(std::move(leaf), rank);
    return true;
  } catch (const Error& error) {
    if (error.code() != Code::kInvalidProof) throw;
    refuse_leaf(index, rank, error.what());
    return false;
  }
}

void Coordinator::refuse_leaf(uint32_t index, int rank, const std::string& why) {
  const Task task{TaskKind::kProve, index};
  comm_.send(rank, number(Tag::kDrop), encode(Span{index, 1}));
  const bool again = schedule_->refusals(task) > 0;
  if (!again) {
    log_warning("a rank's proof is wrong: proven again elsewhere",
                {{"segment", index}, {"from", rank}, {"host", host_of(rank)}, {"why", why}});
    schedule_->refuse(rank, task);
    return;
  }
  // Two wrong proofs of one segment: then its commitment is, or the program.
  if (input_->store != nullptr) input_->store->remove({EntryKind::kCommit, {index, 1}});
  throw Error(Code::kBug, fmt::format("bug, or a broken machine: segment {}: the proof made again "
                                      "by rank {} ({}) is refused too: {}",
                                      index, rank, host_of(rank), why));
}

void Coordinator::store_node(const Fold::Made& made) {
  if (input_->store == nullptr) return;
  const StoredNode node{made.digest, made.left, made.right, made.sum};
  const auto stored = stored_nodes_.find(made.span);
  if (stored != stored_nodes_.end() && stored->second == node) return;
  put_node(*input_->store, made.span, node, {host_of(made.rank), made.rank, 0});
}

std::vector<WorkerReport> Coordinator::collect_reports() {
  announce(Tag::kFinish);
  const double since = schedule_->now();
  const auto expected = [this](int rank) {
    return !reports_.contains(rank) && !schedule_->running(rank);
  };
  for (int rank = 1; rank <= workers(); ++rank) {
    while (expected(rank) && schedule_->now() - since < step_seconds()) wait();
    if (expected(rank)) lost_ = rank;
  }
  std::vector<WorkerReport> result;
  for (int rank = 1; rank <= workers(); ++rank) {
    WorkerReport& report = reports_[rank];
    report.about = hellos_[rank];
    result.push_back(report);
  }
  return result;
}

void Coordinator::stop() {
  announce(Tag::kStop);
  const double since = schedule_->now();
  for (int rank = 1; rank <= workers(); ++rank) {
    while (schedule_->running(rank) || rank == lost_) {
      if (rank == lost_ || schedule_->now() - since > patience_of(rank)) {
        log_warning("a rank does not come back: ended, the proof is there",
                    {{"rank", rank}, {"host", host_of(rank)}});
        return comm_.abort(Error(Code::kOk, "done"));
      }
      wait();
    }
  }
}

}  // namespace cairn
