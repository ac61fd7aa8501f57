#include "segmenter/image_builder.hpp"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "air/chips.hpp"
#include "core/error.hpp"
#include "core/parallel.hpp"

namespace cairn {
namespace {

constexpr uint64_t kMagic = 0x31676d696e726163;  // "carnimg1"

/// An array of the blob: where it begins, in bytes, and how many items it has.
struct Extent {
  uint64_t offset, count;
};

struct Header {
  uint64_t magic, size;
  Extent cells, big, mid, immediates, instructions, states;
  uint32_t state_begin[kMaxChips + 1];
  AddressRange builtin[kBuiltinCount];
  Extent work[kBuiltinCount];
};

constexpr uint64_t aligned(uint64_t offset) {
  return (offset + ImageBlob::kAlignment - 1) / ImageBlob::kAlignment * ImageBlob::kAlignment;
}

template <class T>
const T* view_array(std::span<const std::byte> blob, const Extent& e) {
  const bool inside = e.offset % alignof(T) == 0 && e.offset <= blob.size() &&
                      e.count <= (blob.size() - e.offset) / sizeof(T);
  check(inside, "image: an array is outside the blob");
  return reinterpret_cast<const T*>(blob.data() + e.offset);
}

constexpr uint64_t instance_count(const AddressRange& range, uint32_t cells) {
  return (range.end - range.begin) / cells;
}

/// Computes what chips ask for beside the memory (Image::work), into the blob.
void make_work(ImageBlob& blob, const Header& header) {
  const Image image = view_image(blob.bytes());
  for_each_chip([&]<class Chip>() {
    if constexpr (requires { Chip::kWorkFelts; }) {
      constexpr int kBuiltin = static_cast<int>(Chip::kBuiltin);
      constexpr uint32_t kBlock = 64;  // instances a job
      const AddressRange range = image.builtin[kBuiltin];
      const uint64_t count = instance_count(range, Chip::kCellsPerRow);
      Felt* const work = reinterpret_cast<Felt*>(blob.data() + header.work[kBuiltin].offset);
      run_parallel((count + kBlock - 1) / kBlock, 0, [&](size_t block) {
        for (uint64_t i = block * kBlock; i < std::min<uint64_t>(count, (block + 1) * kBlock);
             ++i) {
          const auto address = static_cast<uint32_t>(range.begin + i * Chip::kCellsPerRow);
          Chip::make_work(image, address, work + i * Chip::kWorkFelts);
        }
      });
    }
  });
}

}  // namespace

ImageBlob::ImageBlob(size_t size) : size_(size) {
  bytes_.reset(static_cast<std::byte*>(std::aligned_alloc(kAlignment, aligned(size))));
  if (!bytes_) {
    throw Error(Code::kOutOfResource, fmt::format("no memory for an image of {} bytes", size));
  }
  std::memset(bytes_.get(), 0, size);
}

ImageBlob build_image(ImageParts parts) {
  Header header{};
  header.magic = kMagic;
  uint64_t end = aligned(sizeof(Header));
  const auto reserve = [&end](const auto& items) {
    const Extent e{end, items.size()};
    end = aligned(end + items.size() * sizeof(items[0]));
    return e;
  };
  header.cells = reserve(parts.memory.cells);
  header.big = reserve(parts.memory.values.big());
  header.mid = reserve(parts.memory.values.mid());
  header.immediates = reserve(parts.immediates);
  header.instructions = reserve(parts.instructions);
  header.states = reserve(parts.rows.states);
  for_each_chip([&]<class Chip>() {
    if constexpr (requires { Chip::kWorkFelts; }) {
      constexpr int kBuiltin = static_cast<int>(Chip::kBuiltin);
      const uint64_t felts =
          instance_count(parts.builtins[kBuiltin], Chip::kCellsPerRow) * Chip::kWorkFelts;
      header.work[kBuiltin] = {end, felts};
      end = aligned(end + felts * sizeof(Felt));
    }
  });
  header.size = end;
  std::copy(parts.rows.begin.begin(), parts.rows.begin.end(), header.state_begin);
  std::copy(parts.builtins.begin(), parts.builtins.end(), header.builtin);

  ImageBlob blob(end);
  const auto copy = [&blob](const auto& items, const Extent& e) {
    if (e.count == 0) return;
    std::memcpy(blob.data() + e.offset, items.data(), e.count * sizeof(items[0]));
  };
  std::memcpy(blob.data(), &header, sizeof(Header));
  copy(parts.rows.states, header.states);
  parts.rows = {};
  copy(parts.memory.cells, header.cells);
  copy(parts.memory.values.big(), header.big);
  copy(parts.memory.values.mid(), header.mid);
  parts.memory = {};
  copy(parts.immediates, header.immediates);
  copy(parts.instructions, header.instructions);
  make_work(blob, header);
  return blob;
}

Image view_image(std::span<const std::byte> blob) {
  check(blob.size() >= sizeof(Header), "image: the blob is shorter than its header");
  check(reinterpret_cast<uintptr_t>(blob.data()) % alignof(Header) == 0, "image: not aligned");
  const Header& header = *reinterpret_cast<const Header*>(blob.data());
  check(header.magic == kMagic && header.size == blob.size(), "image: not an image, or cut short");
  constexpr uint64_t kMaxIndex = uint64_t{1} << 28;
  check(header.cells.count >= 1 && header.cells.count <= kMaxIndex &&
            header.big.count < kMaxIndex && header.mid.count < kMaxIndex &&
            header.states.count <= kMaxSteps,
        "image: an array is too long");

  Image image{};
  image.cells = view_array<Cell>(blob, header.cells);
  image.cell_end = static_cast<uint32_t>(header.cells.count);
  image.big = view_array<Felt>(blob, header.big);
  image.big_count = static_cast<uint32_t>(header.big.count);
  image.mid = view_array<Felt>(blob, header.mid);
  image.mid_count = static_cast<uint32_t>(header.mid.count);
  image.immediates = view_array<uint32_t>(blob, header.immediates);
  image.immediate_count = static_cast<uint32_t>(header.immediates.count);
  image.instructions = view_array<uint32_t>(blob, header.instructions);
  image.instruction_count = static_cast<uint32_t>(header.instructions.count);
  image.states = view_array<State>(blob, header.states);
  std::memcpy(image.state_begin, header.state_begin, sizeof(image.state_begin));
  std::memcpy(image.builtin, header.builtin, sizeof(image.builtin));
  for (int i = 0; i < kBuiltinCount; ++i) {
    if (header.work[i].count != 0) image.work[i] = view_array<Felt>(blob, header.work[i]);
  }
  for (int i = 0; i < kMaxChips; ++i) {
    check(image.state_begin[i] <= image.state_begin[i + 1], "image: states out of order");
  }
  check(image.state_begin[kMaxChips] == header.states.count, "image: states out of bounds");
  for (const AddressRange& range : image.builtin) {
    check(range.begin <= range.end && range.end <= image.cell_end,
          "image: a builtin out of bounds");
  }
  return image;
}

}  // namespace cairn
