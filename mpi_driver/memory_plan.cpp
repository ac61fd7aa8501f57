#include "mpi_driver/memory_plan.hpp"

#include <algorithm>
#include <set>

#include "air/count_layout.hpp"
#include "mpi_driver/usage.hpp"
#include "segmenter/plan.hpp"

namespace cairn {
namespace {

/// Code, shared libraries and what MPI, HDF5 and the allocator hold: measured with tiny jobs.
constexpr uint64_t kProgramBytes = uint64_t{30} << 20;

}  // namespace

MemoryNeed predict_memory(const Image& image, uint64_t image_bytes, std::span<const Bundle> bundles,
                          unsigned threads, unsigned workers, uint64_t allowance) {
  MemoryNeed need;
  need.program = kProgramBytes;
  need.image = image_bytes;
  const CountLayout counts(image);
  need.counts =
      sizeof(uint32_t) * (counts.size() + (threads > 1 ? threads * counts.entries() : uint64_t{0}));
  std::set<uint32_t> heights;
  uint64_t kept = 0;
  uint64_t kept_of_dearest = 0;
  for (const Bundle& bundle : bundles) {
    const std::vector<PartSize> sizes = sizes_of(bundle);
    for (const PartSize& part : sizes) heights.insert(part.log_height);
    kept += kept_bytes(sizes);
    const uint64_t proving = proving_bytes(sizes, false);
    if (proving > need.proving) {
      need.proving = proving;
      kept_of_dearest = kept_bytes(sizes);
    }
  }
  for (const uint32_t log_height : heights) need.tables += table_bytes(log_height);
  // What is kept of the bundle being proven is part of proving it.
  const uint64_t others = kept / std::max(1u, workers);
  const uint64_t room = allowance > need.total() ? allowance - need.total() : 0;
  need.kept = std::min(others > kept_of_dearest ? others - kept_of_dearest : 0, room);
  return need;
}

uint64_t memory_allowance(const Options& options, unsigned workers) {
  return options.memory != 0 ? options.memory : available_memory() / 2 / std::max(1u, workers);
}

}  // namespace cairn
