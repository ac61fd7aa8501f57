// Memory of a backend, owned.
#pragma once

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "kernels/backend.hpp"

namespace cairn {

/// `size` elements of T in the memory of `backend`; not cleared. Movable, not copyable: a copy
/// between backends is always explicit.
template <class T>
class Buffer {
 public:
  Buffer() = default;
  Buffer(Backend& backend, size_t size)
      : backend_(&backend),
        data_(static_cast<T*>(backend.allocate(size * sizeof(T)))),
        size_(size) {}
  Buffer(Buffer&& other) noexcept { swap(other); }
  Buffer& operator=(Buffer&& other) noexcept {
    Buffer(std::move(other)).swap(*this);
    return *this;
  }
  ~Buffer() {
    if (data_ != nullptr) backend_->release(data_);
  }

  static Buffer from_host(Backend& backend, std::span<const T> values) {
    Buffer result(backend, values.size());
    backend.copy_in(result.data_, values.data(), values.size_bytes());
    return result;
  }
  std::vector<T> to_host() const {
    std::vector<T> values(size_);
    if (size_ != 0) backend_->copy_out(values.data(), data_, size_ * sizeof(T));
    return values;
  }
  void clear() {
    if (size_ != 0) backend_->clear(data_, size_ * sizeof(T));
  }

  T* data() { return data_; }
  const T* data() const { return data_; }
  size_t size() const { return size_; }
  void swap(Buffer& other) noexcept {
    std::swap(backend_, other.backend_);
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
  }

 private:
  Backend* backend_ = nullptr;
  T* data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace cairn
