// A device's two streams, and what Staging asks of them: kernels go to one, copies from and to the
// host to the other, joined by events.
#pragma once

#include <cuda_runtime.h>

#include "kernels/launch.cuh"

namespace cairn::cuda {

/// Every call is made with the device current.
class Streams {
 public:
  using Event = cudaEvent_t;

  Streams() {
    cuda_check(cudaStreamCreateWithFlags(&compute_, cudaStreamNonBlocking), "compute stream");
    cuda_check(cudaStreamCreateWithFlags(&copy_, cudaStreamNonBlocking), "copy stream");
    computed_ = make_event();
    copied_ = make_event();
  }
  Streams(const Streams&) = delete;
  Streams& operator=(const Streams&) = delete;
  ~Streams() {
    cudaEventDestroy(computed_);
    cudaEventDestroy(copied_);
    cudaStreamDestroy(copy_);
    cudaStreamDestroy(compute_);
  }

  cudaStream_t compute() const { return compute_; }

  /// Copies started from now on find what kernels before them wrote, and memory that they gave
  /// back.
  void copies_follow() { follow(copy_, compute_, computed_); }
  /// Kernels started from now on find what was copied.
  void kernels_follow() { follow(compute_, copy_, copied_); }

  void* pin(size_t bytes) {
    void* memory = nullptr;
    cuda_check(cudaMallocHost(&memory, bytes), "pinned memory");
    return memory;
  }
  void unpin(void* memory) { cudaFreeHost(memory); }
  Event make_event() {
    Event event = nullptr;
    cuda_check(cudaEventCreateWithFlags(&event, cudaEventDisableTiming), "event");
    return event;
  }
  void destroy(Event& event) { cudaEventDestroy(event); }
  void start_in(void* to, const void* pinned, size_t bytes) {
    cuda_check(cudaMemcpyAsync(to, pinned, bytes, cudaMemcpyHostToDevice, copy_), "copy to device");
  }
  void start_out(void* pinned, const void* from, size_t bytes) {
    cuda_check(cudaMemcpyAsync(pinned, from, bytes, cudaMemcpyDeviceToHost, copy_),
               "copy from device");
  }
  void record(Event& event) { cuda_check(cudaEventRecord(event, copy_), "event of a copy"); }
  void wait(Event& event) {
    cuda_check(cudaEventSynchronize(event), "kernels and copies before a copy's end");
  }

 private:
  /// A wait takes the event as it is recorded now: recorded again later, it still means this.
  static void follow(cudaStream_t stream, cudaStream_t of, Event event) {
    cuda_check(cudaEventRecord(event, of), "event between streams");
    cuda_check(cudaStreamWaitEvent(stream, event, 0), "wait between streams");
  }

  cudaStream_t compute_ = nullptr;
  cudaStream_t copy_ = nullptr;
  Event computed_ = nullptr;
  Event copied_ = nullptr;
};

}  // namespace cairn::cuda
