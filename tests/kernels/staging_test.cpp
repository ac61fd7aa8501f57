// Copies through pinned memory, over a stream that does its work as late as it may.
#include "kernels/staging.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <numeric>
#include <random>

#include <gtest/gtest.h>

namespace cairn::test {
namespace {

/// Work lies in a queue until the host waits for an event behind it. `eager` does it at once.
struct FakeDevice {
  struct Mark {
    bool passed = false;
  };
  using Event = std::shared_ptr<Mark>;

  bool eager = false;
  int pinned = 0;
  int pins = 0;
  int events = 0;
  std::deque<std::function<void()>> queue;

  void* pin(size_t bytes) {
    ++pinned;
    ++pins;
    return new char[bytes];
  }
  void unpin(void* memory) {
    --pinned;
    delete[] static_cast<char*>(memory);
  }
  Event make_event() {
    ++events;
    return std::make_shared<Mark>();
  }
  void destroy(Event&) { --events; }
  void start_in(void* to, const void* pinned_memory, size_t bytes) {
    copy(to, pinned_memory, bytes);
  }
  void start_out(void* pinned_memory, const void* from, size_t bytes) {
    copy(pinned_memory, from, bytes);
  }
  void record(Event& event) {
    event = std::make_shared<Mark>();
    push([mark = event] { mark->passed = true; });
  }
  void wait(Event& event) {
    while (!event->passed) step();
  }
  void finish() {
    while (!queue.empty()) step();
  }

 private:
  void copy(void* to, const void* from, size_t bytes) {
    push([=] { std::memcpy(to, from, bytes); });
  }
  void push(std::function<void()> work) {
    queue.push_back(std::move(work));
    if (eager) finish();
  }
  void step() {
    if (queue.empty()) throw std::runtime_error("waits for what nobody started");
    queue.front()();
    queue.pop_front();
  }
};

std::vector<char> some_bytes(size_t count, unsigned seed) {
  std::vector<char> bytes(count);
  std::mt19937 random(seed);
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

constexpr size_t kSlot = 64;
constexpr size_t kSizes[] = {1, 63, 64, 65, 191, 192, 193, 1000, 4096};

TEST(Staging, CopiesInWhateverTheStreamsPace) {
  for (const bool eager : {false, true}) {
    FakeDevice device;
    device.eager = eager;
    Staging staging(device, kSlot);
    for (const size_t bytes : kSizes) {
      const std::vector<char> wanted = some_bytes(bytes, static_cast<unsigned>(bytes));
      std::vector<char> source = wanted, target(bytes);

      staging.copy_in(target.data(), source.data(), bytes);
      std::fill(source.begin(), source.end(), 0);  // it is the caller's again
      device.finish();

      EXPECT_TRUE(target == wanted) << bytes << " bytes";
    }
  }
}

/// Copies follow one another without anything between them: slots are taken up where the last one
/// left.
TEST(Staging, KeepsASlotUntilItsCopyIsDone) {
  FakeDevice device;
  Staging staging(device, kSlot);
  std::vector<std::vector<char>> wanted, targets;
  for (const size_t bytes : kSizes) {
    wanted.push_back(some_bytes(bytes, static_cast<unsigned>(bytes) + 1));
    targets.emplace_back(bytes);
  }
  for (size_t i = 0; i < wanted.size(); ++i) {
    staging.copy_in(targets[i].data(), wanted[i].data(), wanted[i].size());
  }
  device.finish();

  EXPECT_TRUE(targets == wanted);
}

TEST(Staging, CopiesOutBehindWhatWasStartedBefore) {
  FakeDevice device;
  Staging staging(device, kSlot);
  for (const size_t bytes : kSizes) {
    const std::vector<char> wanted = some_bytes(bytes, 3);
    std::vector<char> memory(bytes), target(bytes);

    staging.copy_in(memory.data(), wanted.data(), bytes);
    staging.copy_out(target.data(), memory.data(), bytes);

    EXPECT_TRUE(target == wanted) << bytes << " bytes";
  }
}

TEST(Staging, PinsOnceAndGivesBack) {
  FakeDevice device;
  {
    Staging staging(device, kSlot);
    EXPECT_EQ(device.pins, 0);
    std::vector<char> a(1000), b(1000);
    for (int i = 0; i < 5; ++i) {
      staging.copy_in(a.data(), b.data(), a.size());
      staging.copy_out(b.data(), a.data(), a.size());
    }
    EXPECT_EQ(device.pins, 2 * static_cast<int>(Staging<FakeDevice>::kSlots));
    device.finish();
  }
  EXPECT_EQ(device.pinned, 0);
  EXPECT_EQ(device.events, 0);
}

}  // namespace
}  // namespace cairn::test
