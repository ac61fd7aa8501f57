// Rank 0's side of a job: hands bundles to workers that are idle, collects records, draws the
// challenge, and has the proofs folded along the tree.
//
//   setup -> wave 0 (count every bundle, commit those that need no counts) -> counts summed over
//   workers
//         -> wave 1 (commit the others) -> challenge -> prove, folding what is ready -> root
//
// Work is pulled: who is idle gets the dearest bundle left (mpi_driver/schedule.hpp). What is
// proven does not depend on who proves it: records and segments go by bundle number, and the tree
// is fixed over it (mpi_driver/fold.hpp). So what a store has from an earlier run serves as well,
// and what one rank does wrong another does again: every segment's proof is verified here before it
// is folded or stored.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "aggregator/node.hpp"
#include "core/comm.hpp"
#include "mpi_driver/fold.hpp"
#include "mpi_driver/job_store.hpp"
#include "mpi_driver/messages.hpp"
#include "mpi_driver/progress.hpp"
#include "mpi_driver/schedule.hpp"
#include "mpi_driver/stop.hpp"
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
  size_t count_size = 0;            // numbers of the use counts
  /// The leaf of a segment's proof. Throws Error(kInvalidProof) when the proof does not hold.
  std::function<Node(const ChallengeMessage&, uint32_t, std::vector<std::byte>)> check_segment;
  Store* store = nullptr;  // open; null: nothing is kept
  TimeRules times;
};

/// A job's segments, verified, and what each adds to the buses.
struct CheckedProof {
  JobProof proof;
  std::vector<KoalaBear5> sums;
};

class Coordinator {
 public:
  Coordinator(Comm& comm, Progress& progress);

  /// Runs the job to its end and returns the proof, each segment of it verified. Workers then wait.
  /// Throws Error(kPeerLost) when the run should stop, or a rank is silent for too long.
  CheckedProof run(const JobInput& input);
  /// Asks all workers what they did. In order of rank, from rank 1; of one that is still busy with
  /// what another did first, only where it runs.
  std::vector<WorkerReport> collect_reports();
  /// Lets the workers go.
  void stop();

 private:
  void set_up();
  void commit();
  void have_counts(bool needed);
  void draw_challenge();
  void take_earlier_leaves();
  void prove();
  void run_tasks(const std::string& phase, std::vector<Task> tasks);
  void announce(Tag tag, const std::vector<std::byte>& payload = {});
  /// Waits for every worker to come to the collective just announced.
  void gather(const char* what);
  void wait();
  void handle(const Message& message);
  void hand_out();
  void finish(Done done, int rank);
  bool take_leaf(const Done& done, int rank);
  void refuse_leaf(uint32_t index, int rank, const std::string& why);
  void store_node(const Fold::Made& made);
  void look_after();
  std::optional<std::string> stop_reason();
  double grace() const;
  [[noreturn]] void give_up(int rank, const std::string& doing, double seconds);
  std::string host_of(int rank) const;
  int workers() const { return comm_.size() - 1; }
  double patience_of(int rank) const;
  double step_seconds() const;

  Comm& comm_;
  Progress& progress_;
  const JobInput* input_ = nullptr;
  uint32_t leaves_ = 0;
  std::string phase_;
  std::deque<int> idle_;
  std::optional<Schedule> schedule_;
  std::optional<Fold> fold_;
  EarlierWork earlier_;
  std::map<Span, StoredNode> stored_nodes_;
  std::vector<SegmentRecord> records_;
  ChallengeMessage challenge_;
  std::map<int, Hello> hellos_;
  std::set<int> arrived_;
  std::vector<uint32_t> counts_;  // from a worker or the store, while they are wanted
  std::map<int, WorkerReport> reports_;
  int lost_ = 0;  // a rank that did not report
  size_t proven_ = 0;

  std::chrono::steady_clock::time_point last_look_, last_beat_;
  double longest_task_ = 0;
  std::optional<std::string> asked_to_stop_;  // by whom
  double stopping_since_ = 0;
};

}  // namespace cairn
