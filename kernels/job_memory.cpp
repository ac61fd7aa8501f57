#include "kernels/job_memory.hpp"

#include <algorithm>
#include <array>
#include <numeric>

#include "air/rows.hpp"

namespace cairn {
namespace {

/// How many entries each array of Counts has, in the order of its members. Those of fixed tables
/// only as far as the job needs the tables: a count that nobody reads is memory all the same.
std::array<size_t, 13> sizes(const Image& image) {
  size_t pair9 = 0, range = 0, exclusive_or = 0, pedersen_point = 0, poseidon_round = 0;
  for (const NeededTable& table : needed_tables(count_rows(image))) {
    const size_t height = size_t{1} << table.log_height;
    with_chip(table.chip, [&]<class Chip>() {
      const auto provides = [](Bus bus) { return kShape<Chip>.provides[static_cast<int>(bus)]; };
      if (provides(Bus::kPair9)) pair9 = height;
      if (provides(Bus::kRange)) range = std::max(range, 2 * height);
      if (provides(Bus::kXor)) exclusive_or = std::max(exclusive_or, 2 * height);
      if (provides(Bus::kPedersenPoint)) pedersen_point = kPedersenPoints;
      if (provides(Bus::kPoseidonRound)) poseidon_round = kPoseidonRounds;
    });
  }
  return {image.cell_end,
          image.big_count,
          image.big_count,
          image.mid_count,
          image.mid_count,
          image.immediate_count,
          image.immediate_count,
          image.instruction_count,
          pair9,
          range,
          exclusive_or,
          pedersen_point,
          poseidon_round};
}

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

CountsSize CountsBuffer::size_of(const Image& image) {
  constexpr size_t kFirstEntry = 5;  // memory, and two each of big and mid come before
  const auto list = sizes(image);
  return {std::accumulate(list.begin(), list.end(), size_t{0}),
          std::accumulate(list.begin() + kFirstEntry, list.end(), size_t{0})};
}

CountsBuffer::CountsBuffer(Backend& backend, const Image& image)
    : backend_(backend), flat_(backend, size_of(image).all) {
  flat_.clear();
  uint32_t* next = flat_.data();
  auto take = [&, size = sizes(image), i = 0]() mutable {
    uint32_t* array = next;
    next += size[i++];
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
  view_.exclusive_or = take();
  view_.pedersen_point = take();
  view_.poseidon_round = take();
  view_.entry_count = static_cast<uint64_t>(next - view_.entries());
}

void CountsBuffer::from_host(const std::vector<uint32_t>& values) {
  check(values.size() == flat_.size(), "as many counts as the buffer has");
  backend_.copy_in(flat_.data(), values.data(), values.size() * sizeof(uint32_t));
}

}  // namespace cairn
