// Devices of one host that sum arrays among themselves, without the host's memory: one process
// each. NCCL is one implementation (nccl_group_cuda.cpp), tests put threads in its place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "kernels/backend.hpp"

namespace cairn {

/// One member's end of a group. Every member makes the same calls in the same order; each ends when
/// this member's part is done, and nothing is under way between calls. What members then throw is
/// an Error that names the library's call: kPeerLost where another member is gone, else
/// kOutOfResource.
class DeviceGroup {
 public:
  DeviceGroup() = default;
  DeviceGroup(const DeviceGroup&) = delete;
  DeviceGroup& operator=(const DeviceGroup&) = delete;
  virtual ~DeviceGroup() = default;

  /// Each of `count` values in the backend's memory becomes the sum of the members' (mod 2^32).
  virtual void sum(uint32_t* values, size_t count) = 0;
  /// Member 0's values, given to all.
  virtual void broadcast(uint32_t* values, size_t count) = 0;
};

/// Makes groups.
class DeviceGroups {
 public:
  DeviceGroups() = default;
  DeviceGroups(const DeviceGroups&) = delete;
  DeviceGroups& operator=(const DeviceGroups&) = delete;
  virtual ~DeviceGroups() = default;

  /// Name and version of what sums.
  virtual std::string about() const = 0;
  /// Can this backend's memory be summed?
  virtual bool serves(const Backend& backend) const = 0;
  /// What member 0 makes and all members join by.
  virtual std::vector<std::byte> make_id() = 0;
  /// Returns when all `size` members have joined; `member` is this one's number. The group sees
  /// what kernels started before wrote, as do kernels started after what it wrote.
  virtual std::unique_ptr<DeviceGroup> join(Backend& backend, const std::vector<std::byte>& id,
                                            int member, int size) = 0;
};

/// Null in a build without NCCL (CMake option CAIRN_NCCL).
DeviceGroups* nccl_groups();

}  // namespace cairn
