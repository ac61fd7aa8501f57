#include "kernels/job_memory.hpp"

#include "air/chips.hpp"

namespace cairn {
namespace {

/// Rows of MEM are filled whole, so counts exist for the tail of the last part too.
size_t memory_count(const Image& image) { return size_t{image.cell_end}; }

}  // namespace

DeviceImage::DeviceImage(Backend& backend, const Image& host) : view_(host) {
  if (backend.reads_host_memory()) return;
  const auto move = [&](auto*& pointer, size_t count) {
    const size_t bytes = count * sizeof(*pointer);
    Buffer<std::byte> copy(backend, bytes);
    backend.copy_in(copy.data(), pointer, bytes);
    pointer = reinterpret_cast<std::remove_reference_t<decltype(pointer)>>(copy.data());
    copies_.push_back(std::move(copy));
  };
  move(view_.cells, host.cell_end);
  move(view_.big, host.big_count);
  move(view_.mid, host.mid_count);
  move(view_.immediates, host.immediate_count);
  move(view_.instructions, host.instruction_count);
  move(view_.states, host.state_begin[kChipCount]);
}

CountsBuffer::CountsBuffer(Backend& backend, const Image& image) : backend_(backend) {
  const size_t sizes[] = {memory_count(image),       image.big_count,         image.big_count,
                          image.mid_count,           image.mid_count,         image.immediate_count,
                          image.immediate_count,     image.instruction_count, size_t{1} << 18,
                          size_t{2} << kMaxRangeBits};
  size_t total = 0;
  for (const size_t size : sizes) total += size;
  flat_ = Buffer<uint32_t>(backend, total);
  flat_.clear();
  uint32_t* next = flat_.data();
  auto take = [&, i = 0]() mutable {
    uint32_t* array = next;
    next += sizes[i++];
    return array;
  };
  view_.memory = take();
  view_.big[0] = take();
  view_.big[1] = take();
  view_.mid[0] = take();
  view_.mid[1] = take();
  view_.immediate[0] = take();
  view_.immediate[1] = take();
  view_.instruction = take();
  view_.pair9 = take();
  view_.range = take();
}

void CountsBuffer::from_host(const std::vector<uint32_t>& values) {
  check(values.size() == flat_.size(), "as many counts as the buffer has");
  backend_.copy_in(flat_.data(), values.data(), values.size() * sizeof(uint32_t));
}

}  // namespace cairn
