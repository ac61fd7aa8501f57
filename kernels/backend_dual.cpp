#include "kernels/backend_dual.hpp"

#include <algorithm>
#include <cstring>
#include <map>
#include <set>
#include <vector>

#include <fmt/format.h>

#include "kernel_headers.hpp"  // made by CMake: all headers of CAIRN_KERNELS
#include "kernels/extend.hpp"
#include "kernels/ntt.hpp"

namespace cairn {
namespace {

class DualBackend final : public Backend {
 public:
  DualBackend(std::unique_ptr<Backend> first, std::unique_ptr<Backend> second)
      : first_(std::move(first)),
        second_(std::move(second)),
        name_(fmt::format("dual({}, {})", first_->name(), second_->name())) {}

  std::string_view name() const override { return name_; }

  void* allocate(size_t bytes) override {
    bytes = std::max<size_t>(bytes, 1);
    void* memory = first_->allocate(bytes);
    void* mirror = nullptr;
    try {
      mirror = second_->allocate(bytes);
    } catch (...) {  // given back, and thrown on
      first_->release(memory);
      throw;
    }
    blocks_[reinterpret_cast<uintptr_t>(memory)] = {bytes, mirror};
    clear(memory, bytes);  // what no kernel writes must be equal as well
    return memory;
  }
  void release(void* memory) noexcept override {
    const auto block = blocks_.find(reinterpret_cast<uintptr_t>(memory));
    if (block == blocks_.end()) return;
    second_->release(block->second.mirror);
    first_->release(memory);
    blocks_.erase(block);
  }
  void copy_in(void* to, const void* from_host, size_t bytes) override {
    first_->copy_in(to, from_host, bytes);
    second_->copy_in(mirror_of(to), from_host, bytes);
  }
  void copy(void* to, const void* from, size_t bytes) override {
    first_->copy(to, from, bytes);
    second_->copy(mirror_of(to), mirror_of(from), bytes);
  }
  void copy_out(void* to_host, const void* from, size_t bytes) override {
    first_->copy_out(to_host, from, bytes);
  }
  void clear(void* memory, size_t bytes) override {
    first_->clear(memory, bytes);
    second_->clear(mirror_of(memory), bytes);
  }
  void synchronize() override {
    first_->synchronize();
    second_->synchronize();
  }
  size_t bytes_in_use() const override { return first_->bytes_in_use(); }
  size_t peak_bytes() const override { return first_->peak_bytes(); }
  bool reads_host_memory() const override { return false; }  // what kernels write must be mirrored

#define CAIRN_ENTRY(file, Kernel)                                              \
  void run(const Kernel& kernel) override {                                    \
    run_twice(kernel, #Kernel, [](Backend& b, const Kernel& k) { b.run(k); }); \
  }
  CAIRN_KERNELS(CAIRN_ENTRY)
#undef CAIRN_ENTRY

  void run_chip(uint32_t chip, const ChipTask& task) override {
    run_twice(task, "chip " + std::to_string(chip),
              [chip](Backend& b, const ChipTask& t) { b.run_chip(chip, t); });
  }
  void transform(const NttTask& task) override {
    run_twice(task, "transform", [](Backend& b, const NttTask& t) { b.transform(t); });
  }
  void extend(const ExtendTask& task) override {
    ExtendTask mirrored = task;
    mirrored.trace = static_cast<const KoalaBear*>(mirror_of(task.trace));
    mirrored.extended = static_cast<KoalaBear*>(mirror_of(task.extended));

    first_->extend(task);
    second_->extend(mirrored);

    const auto block = find(reinterpret_cast<uintptr_t>(task.extended));
    compare(block->first, block->second, "extend");
  }

 private:
  struct Block {
    size_t bytes;
    void* mirror;
  };
  using Blocks = std::map<uintptr_t, Block>;

  /// The block that `address` lies in, or end().
  Blocks::iterator find(uintptr_t address) {
    auto block = blocks_.upper_bound(address);
    if (block == blocks_.begin()) return blocks_.end();
    --block;
    return address < block->first + block->second.bytes ? block : blocks_.end();
  }
  void* mirror_of(const void* memory) {
    const uintptr_t address = reinterpret_cast<uintptr_t>(memory);
    const auto block = find(address);
    check(block != blocks_.end(), "dual backend: memory of this backend");
    return static_cast<char*>(block->second.mirror) + (address - block->first);
  }

  /// Every aligned word of a task that lies in a block is taken for a pointer: tasks are plain
  /// structs of pointers, counts and field elements, none of which looks like an address.
  template <class Task, class Run>
  void run_twice(const Task& task, const std::string& what, const Run& run) {
    static_assert(std::is_trivially_copyable_v<Task> && alignof(Task) <= alignof(uint64_t));
    std::vector<uintptr_t> words((sizeof task + sizeof(uintptr_t) - 1) / sizeof(uintptr_t));
    std::memcpy(words.data(), &task, sizeof task);
    std::set<uintptr_t> touched;
    for (uintptr_t& word : words) {
      const auto block = find(word);
      if (block == blocks_.end()) continue;
      touched.insert(block->first);
      word = reinterpret_cast<uintptr_t>(block->second.mirror) + (word - block->first);
    }
    Task mirrored = task;
    std::memcpy(static_cast<void*>(&mirrored), words.data(), sizeof mirrored);

    run(*first_, task);
    run(*second_, mirrored);

    for (const uintptr_t begin : touched) compare(begin, blocks_.at(begin), what);
  }

  void compare(uintptr_t begin, const Block& block, const std::string& what) {
    std::vector<uint32_t> one((block.bytes + 3) / 4), two(one.size());
    first_->copy_out(one.data(), reinterpret_cast<const void*>(begin), block.bytes);
    second_->copy_out(two.data(), block.mirror, block.bytes);
    const auto place = std::mismatch(one.begin(), one.end(), two.begin());
    if (place.first == one.end()) return;
    throw Error(
        Code::kBug,
        fmt::format("{}: {}: word {} of a block of {} bytes is {:#x} on the first and {:#x} "
                    "on the second",
                    name_, what, place.first - one.begin(), block.bytes, *place.first,
                    *place.second));
  }

  std::unique_ptr<Backend> first_;
  std::unique_ptr<Backend> second_;
  std::string name_;
  Blocks blocks_;
};

}  // namespace

std::unique_ptr<Backend> make_dual_backend(std::unique_ptr<Backend> first,
                                           std::unique_ptr<Backend> second) {
  return std::make_unique<DualBackend>(std::move(first), std::move(second));
}

}  // namespace cairn
