// Sums the use counts of workers that have devices of their own: on the devices within each host,
// by MPI between hosts, so that one copy a host passes through host memory.
//
//   all agree -> group of the host's devices -> sum in the group -> leaders: sum over hosts by MPI
//             -> broadcast in the group
//
// NCCL beside an MPI that uses devices may deadlock: each may wait on the device for what the other
// was to start. So the two take turns: every call of a DeviceGroup is done when it returns, MPI is
// given host memory only, and the group lives within this one collective, in which the worker does
// nothing else. Nobody enters it before all have come (the coordinator knows by name who does not),
// and a guard ends a process that hangs in it, by which the launcher ends the others.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "kernels/device_group.hpp"
#include "mpi_driver/host_comm.hpp"

namespace cairn {

/// How counts are to be summed. All workers need not have the same: what one refuses, none does.
struct SumRules {
  bool devices = true;  // on devices, where that can be
  bool check = false;   // by MPI as well, and compared
  double seconds = 60;  // that the collective may take, beside the time for its bytes

  /// CAIRN_SUMS is mpi or auto, CAIRN_CHECK_SUMS 1 or 0. Throws Error(kUsage).
  static SumRules from_environment();
};

class DeviceSum {
 public:
  /// `groups` may be null: then this worker refuses.
  DeviceSum(HostComm& comm, DeviceGroups* groups, const SumRules& rules);

  /// Collective over the workers: can all sum on devices, and is there a host where two would?
  bool agreed(const Backend& backend);

  /// Adds to the sums what is no worker's, in host memory.
  using Finish = std::function<void(std::vector<uint32_t>&)>;
  /// Collective over the workers, when agreed: `values` in the backend's memory become the finished
  /// sums. Gives the sums as they are before, on the leaders; nothing elsewhere. Throws
  /// Error(kBug) when they are checked and differ, and what DeviceGroup throws.
  std::vector<uint32_t> run(Backend& backend, uint32_t* values, size_t size, const Finish& finish);

 private:
  std::vector<uint32_t> sum_by_mpi(Backend& backend, const uint32_t* values, size_t size,
                                   const Finish& finish);
  std::vector<uint32_t> sum_by_groups(Backend& backend, uint32_t* values, size_t size,
                                      const Finish& finish);

  HostComm& comm_;
  DeviceGroups* groups_;
  SumRules rules_;
};

}  // namespace cairn
