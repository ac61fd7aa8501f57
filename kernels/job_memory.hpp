// A job's image and use counts in a backend's memory.
#pragma once

#include <vector>

#include "air/image.hpp"
#include "kernels/buffer.hpp"

namespace cairn {

/// The image as the backend's kernels read it: the same pointers where the backend reads host
/// memory, a copy elsewhere.
class DeviceImage {
 public:
  DeviceImage(Backend& backend, const Image& host);
  const Image& view() const { return view_; }

 private:
  std::vector<Buffer<std::byte>> copies_;
  Image view_;
};

/// Use counts for an image, one array (air/count_layout.hpp) so that ranks can sum them by one
/// collective.
class CountsBuffer {
 public:
  /// All counts 0.
  CountsBuffer(Backend& backend, const Image& image);
  const Counts& view() const { return view_; }
  /// Number of counts in the flat array.
  size_t size() const { return flat_.size(); }
  std::vector<uint32_t> to_host() const { return flat_.to_host(); }
  void from_host(const std::vector<uint32_t>& values);

 private:
  Backend& backend_;
  Buffer<uint32_t> flat_;
  Counts view_;
};

}  // namespace cairn
