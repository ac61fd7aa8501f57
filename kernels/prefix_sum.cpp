#include "kernels/prefix_sum.hpp"

#include <array>
#include <vector>

#include "kernels/backend.hpp"
#include "kernels/buffer.hpp"

namespace cairn {

namespace {

/// Levels with no more rows than this are summed up on the host.
constexpr uint64_t kHostRows = 1024;

KoalaBear5 prefix_sum_on_host(Backend& backend, KoalaBear* column, uint64_t stride, uint64_t rows) {
  std::vector<KoalaBear> values(rows);
  KoalaBear5 total(0);
  for (int c = 0; c < kExtensionDegree; ++c) {
    backend.copy_out(values.data(), column + c * stride, rows * sizeof(KoalaBear));
    for (KoalaBear& value : values) {
      const KoalaBear own = value;
      value = total.c[c];
      total.c[c] += own;
    }
    backend.copy_in(column + c * stride, values.data(), rows * sizeof(KoalaBear));
  }
  return total;
}

KoalaBear5 prefix_sum(Backend& backend, KoalaBear* column, uint64_t stride, uint64_t rows,
                      bool cyclic) {
  const uint64_t chunks = (rows + kSumChunk - 1) / kSumChunk;
  Buffer<KoalaBear> sums(backend, kExtensionDegree * chunks);
  backend.run(ChunkSums{column, stride, rows, sums.data(), chunks, chunks});
  const KoalaBear5 total = chunks <= kHostRows
                               ? prefix_sum_on_host(backend, sums.data(), chunks, chunks)
                               : prefix_sum(backend, sums.data(), chunks, chunks, false);
  const KoalaBear5 share =
      cyclic ? KoalaBear(static_cast<int64_t>(rows)).inverse() * total : KoalaBear5(0);
  backend.run(ChunkScan{column, stride, rows, sums.data(), chunks, share, chunks});
  return total;
}

}  // namespace

KoalaBear5 exclusive_prefix_sum(Backend& backend, KoalaBear* column, uint64_t stride,
                                uint64_t rows) {
  return prefix_sum(backend, column, stride, rows, false);
}

KoalaBear5 cyclic_prefix_sum(Backend& backend, KoalaBear* column, uint64_t stride, uint64_t rows) {
  return prefix_sum(backend, column, stride, rows, true);
}

}  // namespace cairn
