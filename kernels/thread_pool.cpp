#include "kernels/thread_pool.hpp"

#include <algorithm>
#include <utility>

#include <sched.h>

namespace cairn {
namespace {

thread_local bool inside_body = false;
thread_local unsigned own_index = 0;

}  // namespace

unsigned usable_threads() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) == 0) {
    return std::max(1u, static_cast<unsigned>(CPU_COUNT(&set)));
  }
  return std::max(1u, std::thread::hardware_concurrency());
}

ThreadPool::ThreadPool(unsigned threads) {
  if (threads == 0) threads = usable_threads();
  workers_.reserve(threads - 1);
  for (unsigned i = 1; i < threads; ++i) workers_.emplace_back([this, i] { run_worker(i); });
}

ThreadPool::~ThreadPool() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

void ThreadPool::parallel_for(uint64_t count, uint64_t grain,
                              const std::function<void(uint64_t, uint64_t)>& body) {
  if (count == 0) return;
  grain = std::max<uint64_t>(grain, 1);
  if (workers_.empty() || inside_body || count <= grain) {
    body(0, count);
    return;
  }
  const std::lock_guard caller(callers_);
  std::unique_lock lock(mutex_);
  job_ = Job{&body, count, grain, 0, 0, nullptr};
  wake_.notify_all();
  work(lock);
  done_.wait(lock, [this] { return job_.working == 0; });
  job_.body = nullptr;
  if (job_.failure) std::rethrow_exception(std::exchange(job_.failure, nullptr));
}

/// Takes ranges of the current job until none is left. Ranges shrink towards the end (a quarter of
/// a fair share of what is left), so that threads that were held up do not hold up the rest.
void ThreadPool::work(std::unique_lock<std::mutex>& lock) {
  ++job_.working;
  while (job_.next < job_.count) {
    const uint64_t left = (job_.count - job_.next + job_.grain - 1) / job_.grain;
    const uint64_t steps = std::max<uint64_t>(1, left / (4 * threads()));
    const uint64_t begin = job_.next;
    const uint64_t end = std::min(job_.count, begin + steps * job_.grain);
    job_.next = end;
    const auto& body = *job_.body;
    lock.unlock();
    std::exception_ptr failure;
    inside_body = true;
    try {
      body(begin, end);
    } catch (...) {  // a thread's body: carried to the caller
      failure = std::current_exception();
    }
    inside_body = false;
    lock.lock();
    if (failure) {
      if (!job_.failure) job_.failure = failure;
      job_.next = job_.count;
    }
  }
  if (--job_.working == 0) done_.notify_one();
}

unsigned ThreadPool::thread_index() { return own_index; }

void ThreadPool::run_worker(unsigned index) {
  own_index = index;
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock,
               [this] { return stopping_ || (job_.body != nullptr && job_.next < job_.count); });
    if (stopping_) return;
    work(lock);
  }
}

}  // namespace cairn
