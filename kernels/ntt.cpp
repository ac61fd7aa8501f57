#include "kernels/ntt.hpp"

#include "kernels/backend.hpp"
#include "kernels/ntt_pass.hpp"
#include "kernels/tables.hpp"

namespace cairn {

const KoalaBear* TableCache::get(Backend& backend, Kind kind, uint32_t log_size,
                                 KoalaBear parameter,
                                 const std::function<std::vector<KoalaBear>()>& make) {
  const std::lock_guard lock(mutex_);
  KoalaBear*& table = tables_[{kind, log_size, parameter.montgomery()}];
  if (table == nullptr) {
    const std::vector<KoalaBear> values = make();
    KoalaBear* memory =
        static_cast<KoalaBear*>(backend.allocate(values.size() * sizeof(KoalaBear)));
    backend.copy_in(memory, values.data(), values.size() * sizeof(KoalaBear));
    table = memory;
  }
  return table;
}

std::vector<KoalaBear> powers_of(KoalaBear w, uint64_t count) {
  std::vector<KoalaBear> powers(count);
  KoalaBear power(1);
  for (KoalaBear& x : powers) {
    x = power;
    power *= w;
  }
  return powers;
}

std::vector<KoalaBear> bit_reversed_powers(KoalaBear w, KoalaBear scale, uint32_t log_size) {
  // Doubling: the places of [2^b, 2^(b+1)) hold those of [0, 2^b) times w^(2^(log_size - 1 - b)).
  std::vector<KoalaBear> powers(uint64_t{1} << log_size);
  powers[0] = scale;
  for (uint32_t b = 0; b < log_size; ++b) {
    const KoalaBear step = w.power(uint64_t{1} << (log_size - 1 - b));
    for (uint64_t k = 0; k < uint64_t{1} << b; ++k)
      powers[(uint64_t{1} << b) + k] = powers[k] * step;
  }
  return powers;
}

void transform_by_passes(Backend& backend, const NttTask& task) {
  check(task.log_size <= KoalaBear::kTwoAdicity, "a transform's size has a root of unity");
  const bool interpolate = task.direction == NttTask::Direction::kInterpolate;
  for (uint32_t pass = 0; pass < task.log_size; ++pass) {
    const uint32_t log_half = interpolate ? task.log_size - 1 - pass : pass;
    const KoalaBear* roots = backend.tables().get(
        backend, interpolate ? TableCache::Kind::kInverseRoots : TableCache::Kind::kRoots, log_half,
        KoalaBear(1), [&] {
          const KoalaBear root = KoalaBear::root_of_unity(static_cast<int>(log_half) + 1);
          return powers_of(interpolate ? root.inverse() : root, uint64_t{1} << log_half);
        });
    backend.run(NttPass{task, log_half, roots, uint64_t{task.columns} << (task.log_size - 1)});
  }
}

void Backend::transform(const NttTask& task) { transform_by_passes(*this, task); }

}  // namespace cairn
