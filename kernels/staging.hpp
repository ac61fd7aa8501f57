// Copies between host and device by way of pinned memory: two pools, whose rules are opposite.
//
//   upload    the host writes a slot once, the stream reads it. The slot is free again when the
//   stream
//             has passed the event that was recorded behind its copy, and not before.
//   download  the stream writes a slot, the host reads it once the event has passed. The slot is
//   free
//             again as soon as the host has read it; the stream is not asked.
//
// One pool with both rules would free slots that are still read or written. Memory is pinned once:
// to pin for each request costs more than copying. While a slot is on its way, the host fills or
// reads another.
//
// Template of what the device does, so that a test can put a stream in its place that does its work
// as late as it may. `Device` has
//   void* pin(size_t bytes), void unpin(void*)           host memory that copies may read and write
//   Event make_event(), void destroy(Event&)
//   void start_in(void* to, const void* pinned, size_t bytes), void start_out(void* pinned,
//   const void* from, size_t bytes), void record(Event&)  in the order of one stream
//   void wait(Event&)                                     the host, until the event has passed
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <mutex>
#include <vector>

namespace cairn {

template <class Device>
class Staging {
 public:
  static constexpr size_t kSlots = 3;

  /// `slot_bytes` that a slot holds. Nothing is pinned before the first copy.
  Staging(Device& device, size_t slot_bytes) : device_(device), slot_bytes_(slot_bytes) {}
  Staging(const Staging&) = delete;
  Staging& operator=(const Staging&) = delete;
  ~Staging() {
    for (Pool* pool : {&upload_, &download_}) {
      for (Slot& slot : pool->slots) {
        device_.destroy(slot.event);
        device_.unpin(slot.memory);
      }
    }
  }

  /// Starts copies to the device. `from_host` is free on return; the device's memory is written
  /// when the stream gets there.
  void copy_in(void* to, const void* from_host, size_t bytes) {
    const std::lock_guard lock(upload_.mutex);
    prepare(upload_);
    for (size_t done = 0; done < bytes;) {
      Slot& slot = upload_.slots[upload_.next++ % kSlots];
      if (slot.on_its_way) device_.wait(slot.event);
      const size_t part = std::min(slot_bytes_, bytes - done);
      std::memcpy(slot.memory, static_cast<const char*>(from_host) + done, part);
      device_.start_in(static_cast<char*>(to) + done, slot.memory, part);
      device_.record(slot.event);
      slot.on_its_way = true;
      done += part;
    }
  }

  /// Copies from the device; returns when `to_host` holds all of it.
  void copy_out(void* to_host, const void* from, size_t bytes) {
    const std::lock_guard lock(download_.mutex);
    prepare(download_);
    const size_t parts = (bytes + slot_bytes_ - 1) / slot_bytes_;
    const auto size = [&](size_t part) {
      return std::min(slot_bytes_, bytes - part * slot_bytes_);
    };
    for (size_t started = 0, read = 0; read < parts; ++read) {
      for (; started < parts && started < read + kSlots; ++started) {
        Slot& slot = download_.slots[started % kSlots];
        device_.start_out(slot.memory, static_cast<const char*>(from) + started * slot_bytes_,
                          size(started));
        device_.record(slot.event);
      }
      Slot& slot = download_.slots[read % kSlots];
      device_.wait(slot.event);
      std::memcpy(static_cast<char*>(to_host) + read * slot_bytes_, slot.memory, size(read));
    }
  }

 private:
  struct Slot {
    void* memory;
    typename Device::Event event;
    bool on_its_way;
  };
  struct Pool {
    std::mutex mutex;
    std::vector<Slot> slots;
    size_t next = 0;
  };

  void prepare(Pool& pool) {
    pool.slots.reserve(kSlots);
    while (pool.slots.size() < kSlots) {
      void* const memory = device_.pin(slot_bytes_);
      pool.slots.push_back({memory, device_.make_event(), false});
    }
  }

  Device& device_;
  size_t slot_bytes_;
  Pool upload_;
  Pool download_;
};

}  // namespace cairn
