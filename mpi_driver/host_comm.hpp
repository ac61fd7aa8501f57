// What workers say to each other by hosts, beside Comm: under MPI alone (mpi_driver/mpi_comm.hpp).
// All arrays are in host memory: MPI never sees a pointer of a device.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace cairn {

/// For workers only. Every worker that a collective names must call it.
class HostComm {
 public:
  HostComm() = default;
  HostComm(const HostComm&) = delete;
  HostComm& operator=(const HostComm&) = delete;
  virtual ~HostComm() = default;

  /// This worker's number among those of its host, and how many there are. Number 0 leads; the
  /// lowest of all workers leads its host.
  virtual int number_on_host() const = 0;
  virtual int workers_on_host() const = 0;

  /// Collective over all workers: do all say yes? None goes on before all have come.
  virtual bool all_agree(bool yes) = 0;
  /// Collective over the workers of a host: those of number 0, given to all.
  virtual std::vector<std::byte> broadcast_on_host(std::vector<std::byte> bytes) = 0;
  /// Collective over the leaders of all hosts.
  virtual void sum_of_leaders(std::span<uint32_t> values) = 0;
  /// Collective over all workers, as Comm::sum().
  virtual void sum(std::span<uint32_t> values) = 0;
};

}  // namespace cairn
