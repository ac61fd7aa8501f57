// Threads that live as long as their backend and share out index ranges.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace cairn {

class ThreadPool {
 public:
  /// `threads` counts the caller, who works too; 1 starts none. 0: as many as this process may use
  /// (its affinity, so that ranks bound to some cores do not share out those of others).
  explicit ThreadPool(unsigned threads);
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;
  ~ThreadPool();

  unsigned threads() const { return static_cast<unsigned>(workers_.size()) + 1; }
  /// Which of its pool's threads this is: 0 for one that calls, from 1 on for the pool's own.
  static unsigned thread_index();

  /// Calls body(begin, end) on disjoint ranges that cover [0, count); every begin is a multiple of
  /// `grain`. Returns when all are done; rethrows the first exception, after the others have ended.
  /// Inside a body it runs serially. Calls from several threads wait for one another.
  void parallel_for(uint64_t count, uint64_t grain,
                    const std::function<void(uint64_t begin, uint64_t end)>& body);

 private:
  struct Job {
    const std::function<void(uint64_t, uint64_t)>* body = nullptr;
    uint64_t count = 0;
    uint64_t grain = 1;
    uint64_t next = 0;
    unsigned working = 0;
    std::exception_ptr failure;
  };

  void work(std::unique_lock<std::mutex>& lock);
  void run_worker(unsigned index);

  std::mutex callers_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable done_;
  Job job_;
  bool stopping_ = false;
  std::vector<std::thread> workers_;
};

/// CPUs that this process may run on.
unsigned usable_threads();

}  // namespace cairn
