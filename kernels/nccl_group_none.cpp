// In place of nccl_group_cuda.cpp in builds without NCCL.
#include "kernels/device_group.hpp"

namespace cairn {

DeviceGroups* nccl_groups() { return nullptr; }

}  // namespace cairn
