#include "mpi_driver/worker.hpp"

#include <chrono>
#include <utility>

#include "core/log.hpp"
#include "mpi_driver/fault.hpp"
#include "mpi_driver/stop.hpp"
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
    if (!signal_told_ && stop_signal()) {
      signal_told_ = true;
      comm_.send(kCoordinator, static_cast<int>(Tag::kStopAsked), {});
    }
  }
}

void Worker::handle(const Message& message) {
  switch (static_cast<Tag>(message.tag)) {
    case Tag::kSetup:
      return set_up();
    case Tag::kTask:
      return do_task(decode<Task>(message.payload));
    case Tag::kSumCounts:
      return sum_counts(message.payload.at(0) != std::byte{0});
    case Tag::kSetCounts: {
      arrive();
      const std::vector<std::byte> bytes = comm_.broadcast({});
      ByteReader in(bytes, "counts", Code::kBug);
      engine_->set_counts(in.u32s());
      return;
    }
    case Tag::kChallenge:
      return engine_->begin_proving(decode<ChallengeMessage>(message.payload, hash_));
    case Tag::kSendNode: {
      const auto order = decode<SendNode>(message.payload);
      const auto node = nodes_.extract(order.span);
      check(!node.empty(), "asked for a node that is not here");
      // The root: nothing is left to prove.
      if (order.span == Span{0, leaves_}) release_engine();
      ByteWriter out;
      write(out, node.mapped());
      return comm_.send(static_cast<int>(order.to), static_cast<int>(Tag::kNode), out.take());
    }
    case Tag::kNode:
      return take_node(message);
    case Tag::kDrop:
      return drop(decode<Span>(message.payload));
    case Tag::kMerge:
      wanted_.push_back(decode<Span>(message.payload));
      return merge_ready();
    case Tag::kFinish:
      return report();
    case Tag::kStop:
      fault_point(comm_.rank(), "end");
      stopped_ = true;
      return;
    default:
      throw Error(Code::kBug, "bug: a worker got a message that is not for workers");
  }
}

void Worker::arrive() { comm_.send(kCoordinator, static_cast<int>(Tag::kArrived), {}); }

void Worker::sum_counts(bool send_back) {
  arrive();
  fault_point(comm_.rank(), "sum");
  const std::vector<uint32_t> counts = engine_->sum_counts(comm_);
  if (!send_back || comm_.rank() != 1) return;
  ByteWriter out;
  out.u32s(counts);
  comm_.send(kCoordinator, static_cast<int>(Tag::kCounts), out.take());
}

void Worker::take_node(const Message& message) {
  ByteReader in(message.payload, "node", Code::kBug);
  Node node = read_node(in, hash_);
  in.finish();
  if (!engine_) return;  // the tree was finished without it
  const auto start = std::chrono::steady_clock::now();
  try {
    engine_->check_node(node);
  } catch (const Error& error) {
    if (error.code() != Code::kInvalidProof) throw;
    const Rejected rejected{node.span, static_cast<uint32_t>(message.from), error.what()};
    return comm_.send(kCoordinator, static_cast<int>(Tag::kRejected), encode(rejected));
  }
  report_.merge_seconds += seconds_since(start);
  const Span span = node.span;
  nodes_.emplace(span, std::move(node));
  merge_ready();
}

void Worker::drop(Span span) {
  const auto within = [&](Span other) {
    return other.first >= span.first && other.end() <= span.end();
  };
  std::erase_if(nodes_, [&](const auto& item) { return within(item.first); });
  std::erase_if(wanted_, within);
}

void Worker::set_up() {
  fault_point(comm_.rank(), "setup");
  arrive();
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
  Done done{task, 0, std::nullopt, std::nullopt};
  if (task.kind == TaskKind::kCount || task.kind == TaskKind::kCountAndCommit) {
    fault_point(comm_.rank(), "count");
  }
  if (task.kind == TaskKind::kCount) {
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
    fault_point(comm_.rank(), report_.segments.empty() ? "prove" : "prove_more");
    Node leaf = engine_->prove(task.bundle);
    if (fault_is(comm_.rank(), "prove", "wrong")) leaf.segments[0].back() ^= std::byte{1};
    nodes_.insert_or_assign(leaf.span, leaf);
    done.leaf = std::move(leaf);
    report_.segments.push_back(task.bundle);
    report_.prove_seconds += seconds_since(start);
  }
  constexpr const char* kPhase[kTaskKinds] = {"count", "count", "commit", "prove"};
  slow_down(comm_.rank(), kPhase[static_cast<int>(task.kind)], seconds_since(start));
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
    const Merged merged{span, node.digest, node.sum};
    nodes_.emplace(span, std::move(node));
    wanted = wanted_.erase(wanted);
    ++report_.merges;
    report_.merge_seconds += seconds_since(start);
    comm_.send(kCoordinator, static_cast<int>(Tag::kMerged), encode(merged));
  }
}

/// Gives back the engine's memory before the coordinator holds, checks and writes the whole proof.
void Worker::release_engine() {
  if (engine_) report_.details = engine_->details();
  engine_.reset();
}

void Worker::report() {
  fault_point(comm_.rank(), "report");
  const ResourceUsage usage = resource_usage();
  report_.user_seconds = usage.user_seconds;
  report_.system_seconds = usage.system_seconds;
  report_.peak_bytes = usage.peak_bytes;
  report_.page_faults = usage.page_faults;
  release_engine();
  comm_.send(kCoordinator, static_cast<int>(Tag::kReport), encode(report_));
}

}  // namespace cairn
