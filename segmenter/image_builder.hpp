// An Image in one piece of memory: arrays behind a header of offsets, no pointers, so that it can
// be broadcast as it is and viewed where it lands (an MPI shared window, a device).
#pragma once

#include <array>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <span>
#include <vector>

#include "air/image.hpp"
#include "segmenter/memory_reader.hpp"
#include "segmenter/replay.hpp"

namespace cairn {

/// Bytes aligned to kAlignment. Movable, not copyable.
class ImageBlob {
 public:
  static constexpr size_t kAlignment = 64;

  ImageBlob() = default;
  /// Room for `size` bytes, zeroed. Throws Error(kOutOfResource) if there is none.
  explicit ImageBlob(size_t size);

  size_t size() const { return size_; }
  std::byte* data() { return bytes_.get(); }
  const std::byte* data() const { return bytes_.get(); }
  std::span<const std::byte> bytes() const { return {bytes_.get(), size_}; }

 private:
  struct Free {
    void operator()(std::byte* p) const { std::free(p); }
  };
  std::unique_ptr<std::byte, Free> bytes_;
  size_t size_ = 0;
};

/// What an image is made of. Lists are ascending.
struct ImageParts {
  RunMemory memory;
  StepRows rows;
  std::vector<uint32_t> immediates;    // payloads wanted as limbs
  std::vector<uint32_t> instructions;  // addresses
  std::array<AddressRange, kBuiltinCount> builtins{};
};

/// Lays the parts out; frees each one as soon as it is copied.
ImageBlob build_image(ImageParts parts);

/// The image in `blob`, which must stay alive and be aligned to 8 bytes. Throws Error(kBug) if the
/// bytes are not what build_image() made.
Image view_image(std::span<const std::byte> blob);

}  // namespace cairn
