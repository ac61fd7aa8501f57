#include "bench/roofs.hpp"

#include <array>
#include <cstring>
#include <functional>
#include <new>
#include <thread>

#include "bench/simd_loops.hpp"
#include "bench/timing.hpp"
#include "core/hash.hpp"
#include "core/poseidon.hpp"

namespace cairn::bench {
namespace {

/// Gives arrays that begin on a cache line: vectors that span two would be timed otherwise.
template <class T>
struct LineAllocator {
  using value_type = T;
  static constexpr std::align_val_t kLine{64};

  LineAllocator() = default;
  template <class U>
  LineAllocator(const LineAllocator<U>&) {}  // NOLINT(google-explicit-constructor)
  T* allocate(size_t count) { return static_cast<T*>(::operator new(count * sizeof(T), kLine)); }
  void deallocate(T* memory, size_t) { ::operator delete(memory, kLine); }
  bool operator==(const LineAllocator&) const = default;
};
template <class T>
using Lines = std::vector<T, LineAllocator<T>>;

Lines<KoalaBear> lines_of_elements(uint64_t seed) {
  const std::vector<KoalaBear> elements = some_elements(kLoopElements, seed);
  return {elements.begin(), elements.end()};
}

/// One thread's arrays for the loops, whatever the set's lanes.
struct LoopData {
  Lines<KoalaBear> values = lines_of_elements(40);
  Lines<KoalaBear> factors = lines_of_elements(41);
  Lines<KoalaBear> sums = Lines<KoalaBear>(kExtensionDegree * kLoopElements);
  std::vector<KoalaBear5> weights;
  Lines<uint32_t> words;

  LoopData() {
    for (uint32_t k = 0; k < kLoopColumns; ++k) weights.push_back(some_extension(k));
    for (const KoalaBear x : some_elements(16 * 16, 42)) words.push_back(x.canonical());
  }
};

using Loop = std::function<void(const SimdLoops&, LoopData&, uint64_t rounds)>;

struct NamedLoop {
  const char* name;
  double (*units)(const SimdLoops&);  // of one round
  Loop run;
  double Roofs::*rate;
};

const std::vector<NamedLoop>& all_loops() {
  static const std::vector<NamedLoop> loops = {
      {"multiply", [](const SimdLoops&) { return double{kLoopElements}; },
       [](const SimdLoops& set, LoopData& d, uint64_t rounds) {
         set.multiply(d.values.data(), d.factors.data(), rounds);
       },
       &Roofs::multiplications},
      {"add products", [](const SimdLoops&) { return double{kLoopElements} * kExtensionDegree; },
       [](const SimdLoops& set, LoopData& d, uint64_t rounds) {
         set.add_products(d.values.data(), d.weights.data(), d.sums.data(), rounds);
       },
       &Roofs::products},
      {"blake3 compress", [](const SimdLoops& set) { return double{1} * set.lanes; },
       [](const SimdLoops& set, LoopData& d, uint64_t rounds) {
         set.compress(d.words.data(), rounds);
       },
       &Roofs::compressions},
      {"poseidon permute", [](const SimdLoops& set) { return double{1} * set.lanes; },
       [](const SimdLoops& set, LoopData& d, uint64_t rounds) {
         set.permute(d.values.data(), rounds);
       },
       &Roofs::permutations},
      {"transpose", [](const SimdLoops& set) { return double{1} * set.lanes * set.lanes; },
       [](const SimdLoops& set, LoopData& d, uint64_t rounds) {
         set.transpose(d.values.data(), rounds);
       },
       &Roofs::transposed}};
  return loops;
}

/// Units a second of one loop on that many threads at once.
double rate_of(const NamedLoop& loop, const SimdLoops& set, unsigned threads, double seconds) {
  LoopData trial;
  uint64_t rounds = 1;
  while (seconds_of([&] { loop.run(set, trial, rounds); }) < 0.01 && rounds < uint64_t{1} << 40) {
    rounds *= 2;
  }
  std::vector<LoopData> data(threads);
  const std::vector<double> times = repeat_for(seconds, 20, [&] {
    std::vector<std::jthread> running;
    for (LoopData& own : data) running.emplace_back([&] { loop.run(set, own, rounds); });
  });
  return loop.units(set) * static_cast<double>(rounds) * threads / median(times);
}

/// Lane `lane` of an array of 16 lines, line i at i * lanes.
template <class T>
std::array<T, 16> lane_of(const Lines<T>& lines, uint32_t lanes, uint32_t lane) {
  std::array<T, 16> own;
  for (size_t i = 0; i < 16; ++i) own[i] = lines[i * lanes + lane];
  return own;
}

/// The first loop whose result differs from the scalar definition's.
std::string first_wrong(const SimdLoops& set) {
  LoopData before, after;
  set.multiply(after.values.data(), before.factors.data(), 3);
  for (size_t i = 0; i < kLoopElements; ++i) {
    if (!(after.values[i] == before.values[i] * before.factors[i].power(3))) return "multiply";
  }
  after = LoopData();
  set.add_products(after.values.data(), after.weights.data(), after.sums.data(), 1);
  constexpr uint32_t kRows = kLoopElements / kLoopColumns;
  for (uint32_t row = 0; row < kRows; ++row) {
    KoalaBear5 sum(0);
    for (uint32_t k = 0; k < kLoopColumns; ++k) {
      sum += before.weights[k] * before.values[k * kRows + row];
    }
    for (int e = 0; e < kExtensionDegree; ++e) {
      if (!(after.sums[e * kRows + row] == sum.c[e])) return "add products";
    }
  }
  set.compress(after.words.data(), 1);
  after.values = before.values;
  set.permute(after.values.data(), 1);
  for (uint32_t lane = 0; lane < set.lanes; ++lane) {
    const auto words = lane_of(before.words, set.lanes, lane);
    Digest left, right;
    std::memcpy(left.word, words.data(), sizeof left.word);
    std::memcpy(right.word, words.data() + kDigestWords, sizeof right.word);
    const Digest expected = hash_pair(Hash::kBlake3, left, right);
    const auto hashed = lane_of(after.words, set.lanes, lane);
    if (std::memcmp(expected.word, hashed.data(), sizeof expected.word) != 0) {
      return "blake3 compress";
    }
    auto state = lane_of(before.values, set.lanes, lane);
    KoalaBear plain[poseidon::kWidth];
    std::copy(state.begin(), state.end(), plain);
    poseidon::permute_plain(plain);
    const auto permuted = lane_of(after.values, set.lanes, lane);
    if (!std::equal(permuted.begin(), permuted.end(), plain)) return "poseidon permute";
  }
  after.values = before.values;
  set.transpose(after.values.data(), 1);
  for (uint32_t i = 0; i < set.lanes; ++i) {
    for (uint32_t k = 0; k < set.lanes; ++k) {
      if (!(after.values[i * set.lanes + k] == before.values[k * set.lanes + i]))
        return "transpose";
    }
  }
  return "";
}

double copy_rate(Backend& backend, double seconds) {
  constexpr size_t kBytes = size_t{128} << 20;
  Buffer<std::byte> from(backend, kBytes), to(backend, kBytes);
  from.clear();
  const std::vector<double> times = repeat_for(seconds, 20, [&] {
    backend.copy(to.data(), from.data(), kBytes);
    backend.synchronize();
  });
  return 2.0 * static_cast<double>(kBytes) / median(times);
}

}  // namespace

SimdLoops loops_of(const char* name) {
  const std::string set = name;
#if defined(CAIRN_HAS_AVX512)
  if (set == "avx512") return avx512::simd_loops();
#endif
#if defined(CAIRN_HAS_AVX2)
  if (set == "avx2") return avx2::simd_loops();
#endif
  check(set == "scalar", "an instruction set that this build has");
  return scalar::simd_loops();
}

Roofs measure_roofs(Backend& backend, const std::string& set, unsigned threads, double seconds) {
  Roofs roofs;
  roofs.bytes = copy_rate(backend, seconds);
  if (set.empty()) return roofs;
  const SimdLoops loops = loops_of(set.c_str());
  roofs.wrong = first_wrong(loops);
  for (const NamedLoop& loop : all_loops()) {
    if (loop.rate == &Roofs::transposed && loops.lanes == 1) continue;
    roofs.*loop.rate = rate_of(loop, loops, threads, seconds);
  }
  return roofs;
}

std::optional<Bound> bound_of(const Work& work, const Roofs& roofs) {
  std::optional<Bound> bound;
  const auto consider = [&](double amount, double rate, const char* roof) {
    if (amount <= 0 || rate <= 0) return;
    if (!bound || amount / rate > bound->seconds) bound = {amount / rate, roof};
  };
  consider(work.bytes, roofs.bytes, "copy");
  consider(work.multiplications, roofs.multiplications, "multiply");
  consider(work.products, roofs.products, "products");
  consider(work.compressions, roofs.compressions, "compress");
  consider(work.permutations, roofs.permutations, "permute");
  return bound;
}

}  // namespace cairn::bench
