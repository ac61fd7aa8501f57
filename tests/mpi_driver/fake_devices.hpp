// Workers on hosts and their devices, as threads of one process: what DeviceSum does can be seen
// call by call.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "kernels/device_group.hpp"
#include "mpi_driver/host_comm.hpp"

namespace cairn::test {

using Values = std::vector<uint32_t>;

inline Values add(const std::vector<Values>& parts) {
  Values total(parts.at(0).size());
  for (const Values& part : parts) {
    for (size_t i = 0; i < total.size(); ++i) total[i] += part.at(i);
  }
  return total;
}

/// Where `size` members meet, time after time: each leaves with what all brought. One that is lost
/// ends the waiting of all.
class Gate {
 public:
  explicit Gate(int size) : parts_(size) {}

  std::vector<Values> meet(int member, Values part) {
    std::unique_lock lock(mutex_);
    parts_.at(member) = std::move(part);
    if (++arrived_ == parts_.size()) {
      arrived_ = 0;
      met_ = parts_;
      ++round_;
      changed_.notify_all();
      return met_;
    }
    // None can come to the next round, and so change met_, before this one has left.
    changed_.wait(lock, [&, round = round_] { return round_ != round || lost_; });
    if (lost_) throw Error(Code::kPeerLost, "fake: a member is lost");
    return met_;
  }
  void lose() {
    const std::lock_guard lock(mutex_);
    lost_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Values> parts_, met_;
  size_t arrived_ = 0;
  uint64_t round_ = 0;
  bool lost_ = false;
};

/// Hosts with so many workers each.
struct FakeCluster {
  explicit FakeCluster(const std::vector<int>& workers_of)
      : workers(std::accumulate(workers_of.begin(), workers_of.end(), 0)),
        all(workers),
        leaders(static_cast<int>(workers_of.size())) {
    for (size_t host = 0; host < workers_of.size(); ++host) {
      for (int i = 0; i < workers_of[host]; ++i) place.emplace_back(static_cast<int>(host), i);
      on_host.push_back(std::make_unique<Gate>(workers_of[host]));
      devices.push_back(std::make_unique<Gate>(workers_of[host]));
      size_of.push_back(workers_of[host]);
    }
  }

  int workers;
  std::vector<std::pair<int, int>> place;  // by worker: host, number there
  std::vector<int> size_of;                // by host
  Gate all, leaders;
  std::vector<std::unique_ptr<Gate>> on_host, devices;
};

/// What goes wrong on a device, and when.
struct DeviceFault {
  int worker = -1;
  std::string call;  // join, sum or broadcast
  enum { kWrong, kLost, kHang } kind = kWrong;
};

/// One worker: its HostComm, its devices, and what was called, in order.
class FakeWorker : public HostComm, public DeviceGroups {
 public:
  FakeWorker(FakeCluster& cluster, int worker, DeviceFault fault = {})
      : cluster_(cluster), worker_(worker), fault_(std::move(fault)) {}

  std::vector<std::string> calls;
  bool able = true;  // has a device that can be summed
  bool checks_memory = true;
  const uint32_t* device_memory = nullptr;  // no MPI call may see it, all device calls get it

  int number_on_host() const override { return cluster_.place[worker_].second; }
  int workers_on_host() const override { return cluster_.size_of[host()]; }
  bool all_agree(bool yes) override {
    begin("agree");
    for (const Values& each : cluster_.all.meet(worker_, {yes ? 1u : 0u})) yes &= each[0] == 1;
    return yes;
  }
  std::vector<std::byte> broadcast_on_host(std::vector<std::byte> bytes) override {
    begin("broadcast on host");
    Values values;
    for (const std::byte byte : bytes) values.push_back(static_cast<uint32_t>(byte));
    const Values first = cluster_.on_host[host()]->meet(number_on_host(), values).at(0);
    bytes.clear();
    for (const uint32_t value : first) bytes.push_back(static_cast<std::byte>(value));
    return bytes;
  }
  void sum_of_leaders(std::span<uint32_t> values) override {
    begin("sum of leaders");
    EXPECT_EQ(number_on_host(), 0);
    meet_and_add(cluster_.leaders, host(), values);
  }
  void sum(std::span<uint32_t> values) override {
    begin("sum of all");
    meet_and_add(cluster_.all, worker_, values);
  }

  std::string about() const override { return "FAKE 1.2.3"; }
  bool serves(const Backend&) const override { return able; }
  std::vector<std::byte> make_id() override {
    EXPECT_EQ(number_on_host(), 0);
    return {std::byte{7}, static_cast<std::byte>(host())};
  }
  std::unique_ptr<DeviceGroup> join(Backend& backend, const std::vector<std::byte>& id, int member,
                                    int size) override;

 private:
  class Group;

  int host() const { return cluster_.place[worker_].first; }
  void begin(const char* call) {
    EXPECT_FALSE(on_device_) << call << " while the device is used";
    calls.emplace_back(call);
  }
  void meet_and_add(Gate& gate, int member, std::span<uint32_t> values) {
    EXPECT_NE(values.data(), device_memory) << "MPI is given host memory";
    const Values total = add(gate.meet(member, {values.begin(), values.end()}));
    std::copy(total.begin(), total.end(), values.begin());
  }

  FakeCluster& cluster_;
  int worker_;
  DeviceFault fault_;
  bool on_device_ = false;
};

/// "Device" memory is that of the CPU backend.
class FakeWorker::Group : public DeviceGroup {
 public:
  explicit Group(FakeWorker& worker) : worker_(worker) { call("join", nullptr, {}); }
  ~Group() override { worker_.calls.emplace_back("leave"); }

  void sum(uint32_t* values, size_t count) override {
    const Values total = add(call("sum", values, {values, values + count}));
    std::copy(total.begin(), total.end(), values);
    if (faulty("sum", DeviceFault::kWrong)) values[count / 2] ^= 1;
  }
  void broadcast(uint32_t* values, size_t count) override {
    const Values first = call("broadcast", values, {values, values + count}).at(0);
    std::copy(first.begin(), first.end(), values);
    if (faulty("broadcast", DeviceFault::kWrong)) values[count / 2] ^= 1;
  }

 private:
  bool faulty(const std::string& name, int kind) const {
    const DeviceFault& fault = worker_.fault_;
    return fault.worker == worker_.worker_ && fault.call == name && fault.kind == kind;
  }
  std::vector<Values> call(const char* name, const uint32_t* memory, Values values) {
    EXPECT_TRUE(!worker_.checks_memory || memory == nullptr || memory == worker_.device_memory);
    worker_.calls.emplace_back(name);
    Gate& gate = *worker_.cluster_.devices[worker_.host()];
    if (faulty(name, DeviceFault::kLost)) {
      gate.lose();
      worker_.cluster_.all.lose();
      throw Error(Code::kPeerLost, std::string("fake") + name + ": a member is lost");
    }
    if (faulty(name, DeviceFault::kHang)) Gate(2).meet(0, {});
    worker_.on_device_ = true;
    std::vector<Values> all = gate.meet(worker_.number_on_host(), std::move(values));
    worker_.on_device_ = false;
    return all;
  }

  FakeWorker& worker_;
};

inline std::unique_ptr<DeviceGroup> FakeWorker::join(Backend&, const std::vector<std::byte>& id,
                                                     int member, int size) {
  EXPECT_EQ(id, (std::vector<std::byte>{std::byte{7}, static_cast<std::byte>(host())}));
  EXPECT_EQ(member, number_on_host());
  EXPECT_EQ(size, workers_on_host());
  return std::make_unique<Group>(*this);
}

}  // namespace cairn::test
