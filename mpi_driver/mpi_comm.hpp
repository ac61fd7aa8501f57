// Comm over MPI. mpi_comm.cpp is the only file that includes <mpi.h>.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "core/comm.hpp"
#include "mpi_driver/host_comm.hpp"
#include "mpi_driver/launcher_guard.hpp"

namespace cairn {

/// True when a launcher (mpirun, srun) started this process as one of a group: MPI is asked for
/// only then, so that a process by itself needs neither a daemon nor a network.
bool started_by_launcher();

/// This process's number in the launcher's group, known before MPI starts; 0 without one.
int launched_rank();

/// The library's own words about itself, one line.
std::string mpi_library();

/// Where a rank runs and what of the host is its share.
struct Placement {
  std::string host;
  int worker_on_host = 0;  // number among the workers of this host; 0 for the coordinator
  unsigned workers = 1;    // of this host
  unsigned threads = 1;    // fair share of the cores that the host's ranks may use, at least 1
};

/// All processes that the launcher started. Collective: starts and ends MPI.
class MpiComm : public Comm, public HostComm {
 public:
  MpiComm(int& argc, char**& argv);
  ~MpiComm() override;

  int rank() const override { return rank_; }
  int size() const override { return size_; }
  void send(int to, int tag, std::vector<std::byte> payload) override;
  std::optional<Message> receive(std::chrono::milliseconds timeout) override;
  std::vector<std::byte> broadcast(std::vector<std::byte> bytes) override;
  std::span<const std::byte> share(std::span<const std::byte> bytes) override;
  void sum(std::span<uint32_t> values) override;
  void abort(const Error& error) override;

  int number_on_host() const override { return placement_.worker_on_host; }
  int workers_on_host() const override { return static_cast<int>(placement_.workers); }
  bool all_agree(bool yes) override;
  std::vector<std::byte> broadcast_on_host(std::vector<std::byte> bytes) override;
  void sum_of_leaders(std::span<uint32_t> values) override;

  /// Collective over the ranks of a host: the bytes of each, in the order of ranks.
  std::vector<std::vector<std::byte>> gather_on_host(std::span<const std::byte> bytes);

  /// Collective, made once at the start.
  const Placement& placement() const { return placement_; }

 private:
  struct State;  // MPI's handles
  void find_placement();
  void split_workers();
  void forget_sent();
  bool drain();

  std::optional<LauncherGuard> guard_;  // of rank 0
  std::unique_ptr<State> state_;
  int rank_ = 0;
  int size_ = 1;
  Placement placement_;
};

}  // namespace cairn
