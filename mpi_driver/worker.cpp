#include "mpi_driver/worker.hpp"

#include <chrono>
#include <utility>

#include "core/log.hpp"
#include "mpi_driver/fault.hpp"
#include "mpi_driver/usage.hpp"

namespace cairn {
namespace {

constexpr int kCoordinator = 0;
constexpr auto kPatience = std::chrono::milliseconds(1000);

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

Worker::Worker(Comm& comm, MakeEngine make_engine)
    : comm_(comm), make_engine_(std::move(make_engine)) {}

void Worker::run() {
  while (!stopped_) {
    if (const std::optional<Message> message = comm_.receive(kPatience)) handle(*message);
  }
}

void Worker::handle(const Message& message) {
  switch (static_cast<Tag>(message.tag)) {
    case Tag::kSetup:
      return set_up();
    case Tag::kTask:
      return do_task(decode<Task>(message.payload));
    case Tag::kSumCounts: {
      std::vector<uint32_t> counts = engine_->counts();
      comm_.sum(counts);
      engine_->set_counts(counts);
      return;
    }
    case Tag::kChallenge:
      return engine_->begin_proving(decode<ChallengeMessage>(comm_.broadcast({}), hash_));
    case Tag::kSendNode: {
      const auto order = decode<SendNode>(message.payload);
      const auto node = nodes_.extract(order.span);
      check(!node.empty(), "asked for a node that is not here");
      if (order.to == kCoordinator) release_engine();  // the root: nothing is left to prove
      ByteWriter out;
      write(out, node.mapped());
      return comm_.send(static_cast<int>(order.to), static_cast<int>(Tag::kNode), out.take());
    }
    case Tag::kNode: {
      ByteReader in(message.payload, "node", Code::kBug);
      Node node = read_node(in, hash_);
      in.finish();
      const auto start = std::chrono::steady_clock::now();
      engine_->check_node(node);
      report_.merge_seconds += seconds_since(start);
      const Span span = node.span;
      nodes_.emplace(span, std::move(node));
      return merge_ready();
    }
    case Tag::kMerge:
      wanted_.push_back(decode<Span>(message.payload));
      return merge_ready();
    case Tag::kFinish:
      return report();
    case Tag::kStop:
      stopped_ = true;
      return;
    default:
      throw Error(Code::kBug, "bug: a worker got a message that is not for workers");
  }
}

void Worker::set_up() {
  fault_point(comm_.rank(), "setup");
  const std::span<const std::byte> image = comm_.share({});
  const auto setup = decode<JobSetup>(comm_.broadcast({}));
  hash_ = setup.hash;
  leaves_ = static_cast<uint32_t>(setup.bundles.size());
  engine_ = make_engine_(setup, image);
  report_.about = engine_->about();
  comm_.send(kCoordinator, static_cast<int>(Tag::kHello), encode(report_.about));
}

void Worker::do_task(const Task& task) {
  using std::chrono::steady_clock;
  const auto start = steady_clock::now();
  Done done{task, 0, std::nullopt};
  if (task.kind == TaskKind::kCount) {
    fault_point(comm_.rank(), "count");
    engine_->count_uses(task.bundle);
    report_.count_seconds += seconds_since(start);
  }
  if (task.kind == TaskKind::kCommit || task.kind == TaskKind::kCountAndCommit) {
    fault_point(comm_.rank(), "commit");
    const auto commit_start = steady_clock::now();
    done.record = engine_->commit(task.bundle, task.kind == TaskKind::kCountAndCommit);
    report_.commit_seconds += seconds_since(commit_start);
  }
  if (task.kind == TaskKind::kProve) {
    fault_point(comm_.rank(), "prove");
    Node leaf = engine_->prove(task.bundle);
    const Span span = leaf.span;
    nodes_.emplace(span, std::move(leaf));
    report_.segments.push_back(task.bundle);
    report_.prove_seconds += seconds_since(start);
  }
  done.seconds = seconds_since(start);
  constexpr const char* kDone[kTaskKinds] = {"counted", "counted and committed", "committed",
                                             "proved"};
  log_info(kDone[static_cast<int>(task.kind)],
           {{"bundle", task.bundle}, {"seconds", done.seconds}});
  comm_.send(kCoordinator, static_cast<int>(Tag::kDone), encode(done));
}

void Worker::merge_ready() {
  for (auto wanted = wanted_.begin(); wanted != wanted_.end();) {
    const Span span = *wanted;
    const auto left = nodes_.find(left_child(span));
    const auto right = nodes_.find(right_child(span));
    if (left == nodes_.end() || right == nodes_.end()) {
      ++wanted;
      continue;
    }
    fault_point(comm_.rank(), "merge");
    const auto start = std::chrono::steady_clock::now();
    Node node = merge(hash_, leaves_, std::move(left->second), std::move(right->second));
    nodes_.erase(left);
    nodes_.erase(right);
    nodes_.emplace(span, std::move(node));
    wanted = wanted_.erase(wanted);
    ++report_.merges;
    report_.merge_seconds += seconds_since(start);
    comm_.send(kCoordinator, static_cast<int>(Tag::kMerged), encode(span));
  }
}

/// Gives back the engine's memory before the coordinator holds, checks and writes the whole proof.
void Worker::release_engine() {
  if (engine_) report_.details = engine_->details();
  engine_.reset();
}

void Worker::report() {
  const ResourceUsage usage = resource_usage();
  report_.user_seconds = usage.user_seconds;
  report_.system_seconds = usage.system_seconds;
  report_.peak_bytes = usage.peak_bytes;
  release_engine();
  comm_.send(kCoordinator, static_cast<int>(Tag::kReport), encode(report_));
}

}  // namespace cairn
