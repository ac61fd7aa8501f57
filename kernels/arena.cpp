#include "kernels/arena.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/error.hpp"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(address, bytes)
#define ASAN_UNPOISON_MEMORY_REGION(address, bytes)
#endif

namespace cairn {
namespace {

constexpr size_t kSmallStep = 4096;
constexpr size_t kBigStep = size_t{64} << 10;
constexpr size_t kSmallest = size_t{256} << 10;  // blocks from here on are big
constexpr size_t kHugePage = size_t{2} << 20;

size_t round_up(size_t bytes, size_t step) { return (bytes + step - 1) / step * step; }

size_t machine_bytes() {
  return static_cast<size_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<size_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace

Arena::Arena(size_t limit) : limit_(limit != 0 ? limit : machine_bytes()) {
  // Addresses cost nothing: twice the limit leaves room for gaps between blocks.
  small_bytes_ = round_up(std::min(limit_, size_t{4} << 30), kHugePage) + kHugePage;
  range_bytes_ = small_bytes_ + 2 * round_up(limit_, kHugePage) + 2 * kHugePage;
  range_ = mmap(nullptr, range_bytes_, PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (range_ == MAP_FAILED) {
    throw Error(Code::kOutOfResource,
                fmt::format("host memory: no {} bytes of addresses to reserve", range_bytes_));
  }
  const uintptr_t begin = reinterpret_cast<uintptr_t>(range_);
  const uintptr_t big = round_up(begin + small_bytes_, kHugePage);
  free_small_.emplace(begin, small_bytes_);
  free_big_.emplace(big, (begin + range_bytes_ - big) / kBigStep * kBigStep);
  madvise(reinterpret_cast<void*>(big), begin + range_bytes_ - big, MADV_HUGEPAGE);
}

Arena::~Arena() {
#if defined(__SANITIZE_ADDRESS__)
  // Only what was handed out: the shadow of the whole range would be gigabytes.
  for (const auto& [begin, bytes] : poisoned_) {
    ASAN_UNPOISON_MEMORY_REGION(reinterpret_cast<void*>(begin), bytes);
  }
#endif
  munmap(range_, range_bytes_);
}

void* Arena::allocate(size_t bytes) {
  const bool big = bytes >= kSmallest;
  const size_t taken = round_up(std::max<size_t>(bytes, 1), big ? kBigStep : kSmallStep);
  const std::lock_guard lock(mutex_);
  if (taken > limit_ || in_use_ > limit_ - taken) {
    throw Error(Code::kOutOfResource,
                fmt::format("host memory: {} bytes wanted with {} of {} in use, {} too few", bytes,
                            in_use_, limit_, taken - (limit_ - in_use_)));
  }
  uintptr_t address = big ? 0 : take(free_small_, taken);
  if (address == 0) address = take(free_big_, round_up(taken, kBigStep));
  if (address == 0) {
    throw Error(Code::kOutOfResource,
                fmt::format("host memory: no gap of {} bytes between the {} in use (limit {})",
                            bytes, in_use_, limit_));
  }
  const size_t held = reinterpret_cast<uintptr_t>(range_) + small_bytes_ <= address
                          ? round_up(taken, kBigStep)
                          : taken;
  used_.emplace(address, held);
  in_use_ += held;
  peak_ = std::max(peak_, in_use_);
  ASAN_UNPOISON_MEMORY_REGION(reinterpret_cast<void*>(address), bytes);
  return reinterpret_cast<void*>(address);
}

void Arena::release(void* memory) noexcept {
  if (memory == nullptr) return;
  const uintptr_t address = reinterpret_cast<uintptr_t>(memory);
  const std::lock_guard lock(mutex_);
  const auto block = used_.find(address);
  if (block == used_.end()) return;
  const size_t bytes = block->second;
  used_.erase(block);
  in_use_ -= bytes;
  const bool small = address < reinterpret_cast<uintptr_t>(range_) + small_bytes_;
  give(small ? free_small_ : free_big_, address, bytes);
#if defined(__SANITIZE_ADDRESS__)
  ASAN_POISON_MEMORY_REGION(memory, bytes);
  poisoned_[address] = std::max(poisoned_[address], bytes);
#endif
}

size_t Arena::bytes_in_use() const {
  const std::lock_guard lock(mutex_);
  return in_use_;
}

size_t Arena::peak_bytes() const {
  const std::lock_guard lock(mutex_);
  return peak_;
}

uintptr_t Arena::take(Blocks& free, size_t bytes) {
  for (auto block = free.begin(); block != free.end(); ++block) {
    if (block->second < bytes) continue;
    const auto [begin, size] = *block;
    const auto after = free.erase(block);
    if (size > bytes) free.emplace_hint(after, begin + bytes, size - bytes);
    return begin;
  }
  return 0;
}

void Arena::give(Blocks& free, uintptr_t begin, size_t bytes) {
  auto next = free.lower_bound(begin);
  if (next != free.end() && begin + bytes == next->first) {
    bytes += next->second;
    next = free.erase(next);
  }
  if (next != free.begin()) {
    const auto previous = std::prev(next);
    if (previous->first + previous->second == begin) {
      previous->second += bytes;
      return;
    }
  }
  free.emplace_hint(next, begin, bytes);
}

}  // namespace cairn
