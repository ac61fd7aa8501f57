// Which device each worker of a host gets: one of its own, unless sharing was asked for.
#pragma once

#include <string>
#include <vector>

#include "core/error.hpp"

namespace cairn {

class MpiComm;
struct Options;

/// No device: every one that the worker sees is taken.
inline constexpr int kNoDevice = -1;

/// `visible[i]` are the identities of the devices that worker i of a host sees, in its own order.
/// Launchers may show each rank all devices of the host or only its own, which then is number 0: so
/// devices are told apart by identity, not by number. Each worker in turn takes the first that no
/// other has; where `shared`, the least used instead. Gives each worker's own number of its device,
/// or kNoDevice.
std::vector<int> assign_devices(const std::vector<std::vector<std::string>>& visible, bool shared);

/// This rank's device. Collective. Error(kOutOfResource) for a worker that is to use CUDA and finds
/// fewer devices than workers on its host; with backend auto it gets kNoDevice, and so the CPU.
/// Where there is no device at all, and on the coordinator, 0.
Result<int> choose_device(MpiComm& comm, const Options& options);

}  // namespace cairn
