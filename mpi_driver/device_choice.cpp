#include "mpi_driver/device_choice.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "core/bytes.hpp"
#include "core/log.hpp"
#include "kernels/devices.hpp"
#include "mpi_driver/mpi_comm.hpp"
#include "mpi_driver/options.hpp"

namespace cairn {

std::vector<int> assign_devices(const std::vector<std::vector<std::string>>& visible, bool shared) {
  std::map<std::string, int> users;
  std::vector<int> result;
  for (const std::vector<std::string>& devices : visible) {
    const auto best = std::min_element(
        devices.begin(), devices.end(),
        [&](const std::string& a, const std::string& b) { return users[a] < users[b]; });
    const bool takes = best != devices.end() && (shared || users[*best] == 0);
    result.push_back(takes ? static_cast<int>(best - devices.begin()) : kNoDevice);
    if (takes) ++users[*best];
  }
  return result;
}

Result<int> choose_device(MpiComm& comm, const Options& options) {
  const bool may_use = options.backend != "cpu";
  const bool works = comm.rank() != 0 || comm.size() == 1;
  ByteWriter own;
  const std::vector<std::string> ids = may_use && works ? device_ids() : std::vector<std::string>{};
  own.u32(works ? 1 : 0);
  own.u32(static_cast<uint32_t>(ids.size()));
  for (const std::string& id : ids) own.text(id);

  std::vector<std::vector<std::string>> visible;
  for (const std::vector<std::byte>& bytes : comm.gather_on_host(own.take())) {
    ByteReader in(bytes, "devices of a rank", Code::kBug);
    const bool worker = in.u32() != 0;
    std::vector<std::string> list(in.u32());
    for (std::string& id : list) id = in.text();
    in.finish();
    if (worker) visible.push_back(std::move(list));
  }
  if (!works || ids.empty()) return 0;
  const auto number = static_cast<size_t>(comm.placement().worker_on_host);
  const int device = assign_devices(visible, options.gpus_shared).at(number);
  if (device != kNoDevice) return device;
  const std::string what =
      fmt::format("{} workers on {}, and worker {} sees no GPU of the {} it may use that is free",
                  visible.size(), comm.placement().host, number, ids.size());
  if (options.backend == "auto") {
    log_warning("computes on the CPU", {{"why", what}});
    return kNoDevice;
  }
  return Error(Code::kOutOfResource,
               what + ": start one worker a GPU (and rank 0, which needs none), or --gpus-shared");
}

}  // namespace cairn
