#include "kernels/job_memory.hpp"

#include <utility>

#include "air/chips.hpp"
#include "air/count_layout.hpp"

namespace cairn {

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
  for_each_chip([&]<class Chip>() {
    if constexpr (requires { Chip::kWorkFelts; }) {
      constexpr int kBuiltin = static_cast<int>(Chip::kBuiltin);
      const AddressRange cells = host.builtin[kBuiltin];
      if (host.work[kBuiltin] == nullptr) return;
      move(view_.work[kBuiltin],
           size_t{cells.end - cells.begin} / Chip::kCellsPerRow * Chip::kWorkFelts);
    }
  });
}

CountsBuffer::CountsBuffer(Backend& backend, const Image& image)
    : backend_(backend), flat_(backend, CountLayout(image).size()) {
  flat_.clear();
  view_ = CountLayout(image).in(flat_.data());
}

void CountsBuffer::from_host(const std::vector<uint32_t>& values) {
  check(values.size() == flat_.size(), "as many counts as the buffer has");
  backend_.copy_in(flat_.data(), values.data(), values.size() * sizeof(uint32_t));
}

}  // namespace cairn
