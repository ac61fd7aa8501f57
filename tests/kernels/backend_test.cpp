// The parts of a backend that are no kernel: threads, memory, choice by name.
#include "kernels/backend.hpp"

#include <atomic>
#include <cstdlib>
#include <numeric>
#include <stdexcept>

#include "backends.hpp"
#include "kernels/ntt_pass.hpp"

namespace cairn::test {
namespace {

TEST(ThreadPool, CoversARangeOnce) {
  for (const unsigned threads : {1u, 2u, 5u}) {
    ThreadPool pool(threads);
    for (const uint64_t count : {0u, 1u, 31u, 64u, 65u, 4096u, 100001u}) {
      std::vector<std::atomic<int>> seen(count);

      pool.parallel_for(count, 64, [&](uint64_t begin, uint64_t end) {
        EXPECT_EQ(begin % 64, 0u);
        for (uint64_t i = begin; i < end; ++i) ++seen[i];
      });

      for (const auto& times : seen) ASSERT_EQ(times, 1);
    }
  }
}

TEST(ThreadPool, CarriesAnExceptionAndGoesOn) {
  ThreadPool pool(3);
  const auto failing = [](uint64_t begin, uint64_t end) {
    if (begin <= 640 && 640 < end) throw std::runtime_error("here");
  };

  for (int i = 0; i < 50; ++i) {
    EXPECT_THROW(pool.parallel_for(100000, 64, failing), std::runtime_error);
  }

  std::atomic<uint64_t> sum = 0;
  pool.parallel_for(1000, 1, [&](uint64_t begin, uint64_t end) { sum += end - begin; });
  EXPECT_EQ(sum, 1000u);
}

TEST(ThreadPool, RunsNestedLoopsSerially) {
  ThreadPool pool(2);
  std::atomic<uint64_t> sum = 0;

  pool.parallel_for(8, 1, [&](uint64_t begin, uint64_t end) {
    for (uint64_t i = begin; i < end; ++i) {
      pool.parallel_for(100, 1, [&](uint64_t b, uint64_t e) { sum += e - b; });
    }
  });

  EXPECT_EQ(sum, 800u);
}

TEST(Arena, GivesAlignedBlocksAndTakesThemBack) {
  Arena arena(size_t{64} << 20);
  std::vector<void*> blocks;
  for (const size_t bytes : {1u, 64u, 4096u, 5000u, 1u << 20, 3u << 20}) {
    blocks.push_back(arena.allocate(bytes));
    EXPECT_EQ(reinterpret_cast<uintptr_t>(blocks.back()) % 4096, 0u);
  }
  const size_t peak = arena.bytes_in_use();
  for (void* block : blocks) arena.release(block);

  EXPECT_EQ(arena.bytes_in_use(), 0u);
  EXPECT_EQ(arena.peak_bytes(), peak);
  void* whole = arena.allocate(size_t{60} << 20);  // the gaps have merged again
  EXPECT_NE(whole, nullptr);
  arena.release(whole);
}

TEST(Arena, SaysWhatIsMissing) {
  Arena arena(size_t{8} << 20);
  void* held = arena.allocate(size_t{6} << 20);

  try {
    arena.allocate(size_t{4} << 20);
    FAIL() << "more than the limit was given out";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::kOutOfResource);
    EXPECT_STREQ(
        error.what(),
        "host memory: 4194304 bytes wanted with 6291456 of 8388608 in use, 2097152 too few");
  }
  arena.release(held);
  arena.release(arena.allocate(size_t{8} << 20));
}

TEST(Arena, UsesTheLowestFreeBlockFirst) {
  Arena arena(size_t{64} << 20);
  void* first = arena.allocate(size_t{4} << 20);
  void* second = arena.allocate(size_t{4} << 20);
  arena.release(first);

  EXPECT_EQ(arena.allocate(size_t{2} << 20), first);
  arena.release(second);
}

TEST(MakeBackend, RefusesWhatThereIsNot) {
  EXPECT_EQ(make_backend("gpu", {}).error().code(), Code::kUsage);
  BackendOptions options;
  options.simd = "neon";
  EXPECT_EQ(make_backend("cpu", options).error().code(), Code::kUsage);
  const auto cuda = make_backend("cuda", {});
  if (!cuda.ok()) {
    EXPECT_EQ(cuda.error().code(), Code::kOutOfResource);
  }
  EXPECT_TRUE(make_backend("auto", {}).ok());
  EXPECT_TRUE(make_backend("dual", {}).ok());
}

TEST(MakeBackend, FollowsTheEnvironment) {
  setenv("CAIRN_SIMD", "scalar", 1);
  auto scalar = make_backend("cpu", {});
  setenv("CAIRN_SIMD", "mmx", 1);
  const auto wrong = make_backend("cpu", {});
  unsetenv("CAIRN_SIMD");

  EXPECT_EQ(scalar.value()->name(), "cpu-scalar");
  EXPECT_EQ(wrong.error().code(), Code::kUsage);
}

class BackendMemory : public BackendTest {};

TEST_P(BackendMemory, CopiesInAndOut) {
  for (const size_t count : {1u, 31u, 4097u, 1u << 21}) {
    std::vector<uint32_t> values(count);
    std::iota(values.begin(), values.end(), 7u);

    auto buffer = upload(values);

    EXPECT_TRUE(buffer.to_host() == values);
    buffer.clear();
    EXPECT_TRUE(buffer.to_host() == std::vector<uint32_t>(count));
  }
}

TEST_P(BackendMemory, TracksBytes) {
  const size_t before = backend().bytes_in_use();
  {
    Buffer<uint32_t> one(backend(), 1 << 20);
    EXPECT_GE(backend().bytes_in_use(), before + (size_t{4} << 20));
  }
  EXPECT_EQ(backend().bytes_in_use(), before);
  EXPECT_GE(backend().peak_bytes(), before + (size_t{4} << 20));
}

/// A kernel at sizes around the widths of vectors, blocks and grains.
TEST_P(BackendMemory, RunsKernelsOfAnySize) {
  for (const uint64_t count :
       {0u, 1u, 15u, 16u, 17u, 31u, 32u, 33u, 257u, 4096u, 4097u, 65536u, 65551u}) {
    const auto values = random_elements(count), factors = random_elements(count, 2);
    auto a = upload(values), b = upload(factors);
    Buffer<KoalaBear> out(backend(), count);

    // One column: any number of rows, the size only has to be no less.
    backend().run(ScaleColumns{a.data(), out.data(), b.data(), 17, 0, 0, count});

    const auto result = out.to_host();
    for (uint64_t i = 0; i < count; ++i) {
      ASSERT_EQ(result[i].canonical(), (values[i] * factors[i]).canonical())
          << i << " of " << count;
    }
  }
}

CAIRN_ON_EVERY_BACKEND(BackendMemory);

}  // namespace
}  // namespace cairn::test
