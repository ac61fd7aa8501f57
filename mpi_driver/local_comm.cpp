#include "mpi_driver/local_comm.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <utility>

namespace cairn {
namespace {

/// What the ranks of a group share. One lock: traffic is a few messages a second.
struct Group {
  explicit Group(int size) : inbox(size) {}

  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::deque<Message>> inbox;
  std::optional<Error> aborted;

  /// Collectives pass a gate: those who have arrived wait for the last, then all leave. Workers may
  /// be at theirs while the coordinator is at the next of all.
  struct Gate {
    int arrived = 0;
    uint64_t generation = 0;
  };
  Gate all, workers;
  std::vector<std::byte> bytes;       // broadcast
  std::span<const std::byte> shared;  // share
  std::vector<uint64_t> total;        // sum

  void throw_if_aborted() const {
    if (aborted) throw *aborted;
  }
};

class LocalComm : public Comm {
 public:
  LocalComm(std::shared_ptr<Group> group, int rank) : group_(std::move(group)), rank_(rank) {}

  int rank() const override { return rank_; }
  int size() const override { return static_cast<int>(group_->inbox.size()); }

  void send(int to, int tag, std::vector<std::byte> payload) override {
    const std::lock_guard lock(group_->mutex);
    group_->throw_if_aborted();
    group_->inbox.at(to).push_back({rank_, tag, std::move(payload)});
    group_->changed.notify_all();
  }

  std::optional<Message> receive(std::chrono::milliseconds timeout) override {
    std::unique_lock lock(group_->mutex);
    std::deque<Message>& inbox = group_->inbox[rank_];
    group_->changed.wait_for(lock, timeout, [&] { return !inbox.empty() || group_->aborted; });
    group_->throw_if_aborted();
    if (inbox.empty()) return std::nullopt;
    Message message = std::move(inbox.front());
    inbox.pop_front();
    return message;
  }

  std::vector<std::byte> broadcast(std::vector<std::byte> bytes) override {
    collective(group_->all, size(), [&] {
      if (rank_ == 0) group_->bytes = std::move(bytes);
    });
    collective(group_->all, size(), [&] { bytes = group_->bytes; });
    return bytes;
  }

  std::span<const std::byte> share(std::span<const std::byte> bytes) override {
    collective(group_->all, size(), [&] {
      if (rank_ == 0) group_->shared = bytes;
    });
    collective(group_->all, size(), [&] { bytes = group_->shared; });
    return bytes;
  }

  void sum(std::span<uint32_t> values) override {
    check(rank_ != 0 && size() > 1, "the coordinator takes no part in sums");
    if (size() == 2) return;  // one worker: its values are the sums
    collective(group_->workers, size() - 1, [&] {
      if (group_->workers.arrived == 0) group_->total.assign(values.size(), 0);
      check(group_->total.size() == values.size(), "ranks sum arrays of different lengths");
      for (size_t i = 0; i < values.size(); ++i) group_->total[i] += values[i];
    });
    collective(group_->workers, size() - 1, [&] {
      for (size_t i = 0; i < values.size(); ++i)
        values[i] = static_cast<uint32_t>(group_->total[i]);
    });
  }

  void abort(const Error& error) override {
    const std::lock_guard lock(group_->mutex);
    if (!group_->aborted) group_->aborted = error;
    group_->changed.notify_all();
  }

 private:
  /// Runs `act` under the lock, then waits until `ranks` ranks have done so.
  template <class Act>
  void collective(Group::Gate& gate, int ranks, Act&& act) {
    std::unique_lock lock(group_->mutex);
    group_->throw_if_aborted();
    act();
    const uint64_t generation = gate.generation;
    if (++gate.arrived == ranks) {
      gate.arrived = 0;
      ++gate.generation;
      group_->changed.notify_all();
    }
    group_->changed.wait(lock, [&] { return gate.generation != generation || group_->aborted; });
    group_->throw_if_aborted();
  }

  std::shared_ptr<Group> group_;
  int rank_;
};

}  // namespace

std::vector<std::unique_ptr<Comm>> make_local_comms(int size) {
  const auto group = std::make_shared<Group>(size);
  std::vector<std::unique_ptr<Comm>> comms;
  for (int rank = 0; rank < size; ++rank) comms.push_back(std::make_unique<LocalComm>(group, rank));
  return comms;
}

}  // namespace cairn
