// Rank 0's side of a job: hands bundles to workers that are idle, collects records, draws the
// challenge, and has the proofs folded along the tree.
//
//   setup -> wave 0 (count every bundle, commit those that need no counts) -> counts summed over
//   workers
//         -> wave 1 (commit the others) -> challenge -> prove, folding what is ready -> root
//
// Work is pulled: who is idle gets the dearest bundle left. What is proven does not depend on who
// proves it: records and segments go by bundle number, and the tree is fixed over it
// (aggregator/tree.hpp).
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "aggregator/node.hpp"
#include "core/comm.hpp"
#include "mpi_driver/messages.hpp"
#include "mpi_driver/progress.hpp"
#include "stark/protocol/proof.hpp"

namespace cairn {

/// What rank 0 knows before any work is handed out.
struct JobInput {
  Hash hash = Hash::kBlake3;
  Statement statement;
  std::span<const std::byte> image;     // the flat image that workers share
  std::function<void()> release_image;  // called when they no longer need rank 0's own copy
  std::vector<Bundle> bundles;
  std::vector<bool> before_counts;  // by bundle: commits in wave 0
  std::vector<uint64_t> cost;       // by bundle: cells; the order of handing out
};

class Coordinator {
 public:
  Coordinator(Comm& comm, Progress& progress);

  /// Runs the job to its end and returns the proof, not yet verified as a whole. Workers then wait.
  JobProof run(const JobInput& input);
  /// Asks all workers what they did. In order of rank, from rank 1.
  std::vector<WorkerReport> collect_reports();
  /// Lets the workers go.
  void stop();

 private:
  void set_up();
  void run_tasks(const std::string& phase, std::vector<Task> tasks);
  void announce(Tag tag);
  void wait();
  void handle(const Message& message);
  void hand_out();
  /// `node` is finished and lies with `rank`: folds it if its sibling is finished too.
  void finished(Span node, int rank);

  Comm& comm_;
  Progress& progress_;
  const JobInput* input_ = nullptr;
  uint32_t leaves_ = 0;
  std::deque<int> idle_;
  std::deque<Task> queue_;
  size_t unfinished_ = 0;  // tasks handed out or queued
  std::vector<SegmentRecord> records_;
  std::map<uint32_t, int> committer_;  // by bundle: the rank that made its record
  std::map<Span, int> holder_;         // finished nodes whose parent has not been asked for
  std::optional<Node> root_;
  std::map<int, WorkerReport> reports_;
};

}  // namespace cairn
