#include "mpi_driver/coordinator.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "mpi_driver/fault.hpp"

namespace cairn {
namespace {

constexpr auto kPatience = std::chrono::milliseconds(250);

int number(Tag tag) { return static_cast<int>(tag); }

}  // namespace

Coordinator::Coordinator(Comm& comm, Progress& progress) : comm_(comm), progress_(progress) {}

JobProof Coordinator::run(const JobInput& input) {
  check(comm_.rank() == 0 && comm_.size() > 1, "a coordinator is rank 0 and has workers");
  input_ = &input;
  leaves_ = static_cast<uint32_t>(input.bundles.size());
  records_.resize(leaves_);
  set_up();

  std::vector<Task> first;
  std::vector<Task> second;
  std::vector<Task> prove;
  for (uint32_t i = 0; i < leaves_; ++i) {
    const bool early = input.before_counts[i];
    first.push_back({early ? TaskKind::kCountAndCommit : TaskKind::kCount, i});
    if (!early) second.push_back({TaskKind::kCommit, i});
    prove.push_back({TaskKind::kProve, i});
  }
  run_tasks("commit", first);
  announce(Tag::kSumCounts);
  run_tasks("tables", second);

  // Soundness: alpha and gamma are drawn only now, when every main root of the job is fixed.
  const GlobalChallenge challenge = draw_global_challenge(input.hash, input.statement, records_);
  announce(Tag::kChallenge);
  comm_.broadcast(encode(ChallengeMessage{challenge, records_}));
  run_tasks("prove", prove);
  progress_.begin("fold");
  while (!root_) wait();
  progress_.end();
  check(root_->span == Span{0, leaves_}, "the root of the fold tree covers the job");
  return {input.hash, input.statement, records_, std::move(root_->segments)};
}

void Coordinator::set_up() {
  fault_point(0, "setup");
  progress_.begin("setup");
  announce(Tag::kSetup);
  const std::span<const std::byte> view = comm_.share(input_->image);
  if (view.data() != input_->image.data() && input_->release_image) input_->release_image();
  comm_.broadcast(encode(JobSetup{input_->hash, input_->statement, input_->bundles}));
  while (static_cast<int>(idle_.size()) < comm_.size() - 1) wait();
}

void Coordinator::run_tasks(const std::string& phase, std::vector<Task> tasks) {
  if (tasks.empty()) return;
  const auto& cost = input_->cost;
  std::stable_sort(tasks.begin(), tasks.end(),
                   [&](const Task& a, const Task& b) { return cost[a.bundle] > cost[b.bundle]; });
  const uint64_t total =
      std::accumulate(tasks.begin(), tasks.end(), uint64_t{0},
                      [&](uint64_t sum, const Task& task) { return sum + cost[task.bundle]; });
  progress_.begin(phase, total);
  unfinished_ = tasks.size();
  queue_.assign(tasks.begin(), tasks.end());
  hand_out();
  while (unfinished_ > 0) wait();
}

void Coordinator::announce(Tag tag) {
  for (int worker = 1; worker < comm_.size(); ++worker) comm_.send(worker, number(tag), {});
}

void Coordinator::wait() {
  if (const std::optional<Message> message = comm_.receive(kPatience)) {
    handle(*message);
    hand_out();
  } else {
    progress_.tick();
  }
}

void Coordinator::hand_out() {
  while (!idle_.empty() && !queue_.empty()) {
    const int worker = idle_.front();
    idle_.pop_front();
    // Who committed a bundle may have kept what it proves.
    const auto own = std::find_if(queue_.begin(), queue_.end(), [&](const Task& task) {
      return task.kind == TaskKind::kProve && committer_[task.bundle] == worker;
    });
    const auto task = own != queue_.end() ? own : queue_.begin();
    comm_.send(worker, number(Tag::kTask), encode(*task));
    queue_.erase(task);
  }
}

void Coordinator::handle(const Message& message) {
  const Hash hash = input_->hash;
  switch (static_cast<Tag>(message.tag)) {
    case Tag::kHello:
      idle_.push_back(message.from);
      return;
    case Tag::kDone: {
      auto done = decode<Done>(message.payload, hash);
      check(done.task.bundle < leaves_ && unfinished_ > 0, "a task that nobody asked for");
      idle_.push_back(message.from);
      --unfinished_;
      progress_.advance(input_->cost[done.task.bundle]);
      if (done.record) {
        records_[done.task.bundle] = std::move(*done.record);
        committer_[done.task.bundle] = message.from;
      }
      if (done.task.kind == TaskKind::kProve) finished({done.task.bundle, 1}, message.from);
      return;
    }
    case Tag::kMerged:
      return finished(decode<Span>(message.payload), message.from);
    case Tag::kNode: {
      ByteReader in(message.payload, "node", Code::kBug);
      root_ = read_node(in, hash);
      in.finish();
      return;
    }
    case Tag::kReport:
      reports_[message.from] = decode<WorkerReport>(message.payload);
      return;
    default:
      throw Error(Code::kBug, "bug: the coordinator got a message that is not for it");
  }
}

void Coordinator::finished(Span node, int rank) {
  if (node == Span{0, leaves_}) {
    return comm_.send(rank, number(Tag::kSendNode), encode(SendNode{node, 0}));
  }
  holder_[node] = rank;
  const Span above = parent(leaves_, node);
  const auto left = holder_.find(left_child(above));
  const auto right = holder_.find(right_child(above));
  if (left == holder_.end() || right == holder_.end()) return;
  const int target = left->second;
  if (right->second != target) {
    comm_.send(right->second, number(Tag::kSendNode),
               encode(SendNode{right->first, static_cast<uint32_t>(target)}));
  }
  comm_.send(target, number(Tag::kMerge), encode(above));
  holder_.erase(left);
  holder_.erase(right);
}

std::vector<WorkerReport> Coordinator::collect_reports() {
  announce(Tag::kFinish);
  while (static_cast<int>(reports_.size()) < comm_.size() - 1) wait();
  std::vector<WorkerReport> result;
  for (auto& [rank, report] : reports_) result.push_back(std::move(report));
  return result;
}

void Coordinator::stop() { announce(Tag::kStop); }

}  // namespace cairn
