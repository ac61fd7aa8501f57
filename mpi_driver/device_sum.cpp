#include "mpi_driver/device_sum.hpp"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "core/log.hpp"
#include "mpi_driver/collective_guard.hpp"

namespace cairn {
namespace {

/// What a sum may take, in bytes a second, beside SumRules::seconds.
constexpr double kSlowest = 10e6;

/// Is the variable `yes`? Unset, it is `no`.
bool read_choice(const char* name, const std::string& yes, const std::string& no) {
  const char* set = std::getenv(name);
  const std::string value = set != nullptr ? set : no;
  if (value == yes || value == no) return value == yes;
  throw Error(Code::kUsage, fmt::format("{}={}: {} or {} is wanted", name, value, yes, no));
}

std::vector<uint32_t> to_host(Backend& backend, const uint32_t* values, size_t size) {
  std::vector<uint32_t> copy(size);
  backend.copy_out(copy.data(), values, size * sizeof(uint32_t));
  return copy;
}

}  // namespace

SumRules SumRules::from_environment() {
  SumRules rules;
  rules.devices = !read_choice("CAIRN_SUMS", "mpi", "auto");
  rules.check = read_choice("CAIRN_CHECK_SUMS", "1", "0");
  return rules;
}

DeviceSum::DeviceSum(HostComm& comm, DeviceGroups* groups, const SumRules& rules)
    : comm_(comm), groups_(groups), rules_(rules) {}

bool DeviceSum::agreed(const Backend& backend) {
  const bool able = rules_.devices && groups_ != nullptr && groups_->serves(backend);
  const bool all_able = comm_.all_agree(able);
  const bool all_alone = comm_.all_agree(comm_.workers_on_host() == 1);
  return all_able && !all_alone;
}

std::vector<uint32_t> DeviceSum::run(Backend& backend, uint32_t* values, size_t size,
                                     const Finish& finish) {
  const bool checking = !comm_.all_agree(!rules_.check);
  std::vector<uint32_t> expected;
  if (checking) expected = sum_by_mpi(backend, values, size, finish);
  std::vector<uint32_t> sums = sum_by_groups(backend, values, size, finish);
  if (!checking) return sums;

  const std::vector<uint32_t> found = to_host(backend, values, size);
  const auto [a, b] = std::mismatch(found.begin(), found.end(), expected.begin());
  if (a != found.end()) {
    throw Error(Code::kBug, fmt::format("bug: count {} of {} is {} summed by {} and {} by MPI",
                                        a - found.begin(), size, *a, groups_->about(), *b));
  }
  log_info("sums of counts are those of MPI", {{"counts", size}, {"by", groups_->about()}});
  return sums;
}

std::vector<uint32_t> DeviceSum::sum_by_mpi(Backend& backend, const uint32_t* values, size_t size,
                                            const Finish& finish) {
  std::vector<uint32_t> sums = to_host(backend, values, size);
  comm_.sum(sums);
  finish(sums);
  return sums;
}

std::vector<uint32_t> DeviceSum::sum_by_groups(Backend& backend, uint32_t* values, size_t size,
                                               const Finish& finish) {
  backend.synchronize();
  comm_.all_agree(true);  // all are here, and MPI has nothing under way but messages
  const CollectiveGuard guard(rules_.seconds + 4.0 * static_cast<double>(size) / kSlowest,
                              "summing the counts on the devices of this host");
  const int own = comm_.number_on_host();
  std::unique_ptr<DeviceGroup> group;
  if (comm_.workers_on_host() > 1) {
    const std::vector<std::byte> id =
        comm_.broadcast_on_host(own == 0 ? groups_->make_id() : std::vector<std::byte>{});
    group = groups_->join(backend, id, own, comm_.workers_on_host());
    group->sum(values, size);
  }
  std::vector<uint32_t> sums;
  if (own == 0) {
    sums = to_host(backend, values, size);
    comm_.sum_of_leaders(sums);
    std::vector<uint32_t> finished = sums;
    finish(finished);
    backend.copy_in(values, finished.data(), size * sizeof(uint32_t));
    backend.synchronize();
  }
  if (group) group->broadcast(values, size);
  return sums;
}

}  // namespace cairn
