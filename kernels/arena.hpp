// Host memory for columns: one reserved range of addresses that blocks are cut from and merged back
// into.
//
// Fresh pages cost a fault each, and a proof takes and gives back the same gigabytes again and
// again; the lowest free block that fits is used first, so that resident memory stays near the peak
// in use.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <unordered_map>

namespace cairn {

class Arena {
 public:
  /// Never gives out more than `limit` bytes at a time; 0: what the machine has.
  explicit Arena(size_t limit);
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  ~Arena();

  /// 4096-byte aligned, backed by huge pages where it is large; not cleared.
  /// Throws Error(kOutOfResource) with the shortfall.
  void* allocate(size_t bytes);
  /// `memory` is from allocate(), or null.
  void release(void* memory) noexcept;

  size_t limit() const { return limit_; }
  size_t bytes_in_use() const;
  size_t peak_bytes() const;

 private:
  using Blocks = std::map<uintptr_t, size_t>;  // free blocks by address

  /// The lowest address in `free` with room for `bytes`, taken out of it; 0 if there is none.
  static uintptr_t take(Blocks& free, size_t bytes);
  static void give(Blocks& free, uintptr_t begin, size_t bytes);

  size_t limit_;
  size_t small_bytes_ = 0;  // the first part of the range holds small blocks
  void* range_ = nullptr;
  size_t range_bytes_ = 0;
  mutable std::mutex mutex_;
  Blocks free_small_;
  Blocks free_big_;
  std::unordered_map<uintptr_t, size_t> used_;
  std::unordered_map<uintptr_t, size_t> poisoned_;  // under the address sanitizer: what was freed
  size_t in_use_ = 0;
  size_t peak_ = 0;
};

}  // namespace cairn
