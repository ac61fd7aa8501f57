// A worker's side of a job: does what the coordinator asks, one thing after another, until told to
// stop.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "core/comm.hpp"
#include "mpi_driver/engine.hpp"

namespace cairn {

class Worker {
 public:
  Worker(Comm& comm, MakeEngine make_engine);

  /// Returns when the coordinator says stop. Throws what went wrong; the caller aborts the job.
  void run();

 private:
  void handle(const Message& message);
  void set_up();
  void arrive();
  void sum_counts(bool send_back);
  void take_node(const Message& message);
  /// Forgets a node, all below it, and the merge that makes it.
  void drop(Span span);
  void do_task(const Task& task);
  /// Makes the nodes whose children are both here.
  void merge_ready();
  void release_engine();
  void report();

  Comm& comm_;
  MakeEngine make_engine_;
  std::unique_ptr<Engine> engine_;
  Hash hash_{};
  uint32_t leaves_ = 0;
  std::map<Span, Node> nodes_;  // finished nodes that this worker holds
  std::vector<Span> wanted_;    // merges asked for, whose children may still be on their way
  WorkerReport report_;
  bool stopped_ = false;
  bool signal_told_ = false;
};

}  // namespace cairn
