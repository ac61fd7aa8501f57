#include "air/check.hpp"
#include "air/rows.hpp"

namespace cairn {
namespace {

uint32_t log_height_for(uint64_t rows) {
  uint32_t log_height = kMinLogHeight;
  while (log_height < kMaxLogHeight && (uint64_t{1} << log_height) < rows) ++log_height;
  return log_height;
}

}  // namespace

std::vector<Part> whole_parts(const Image& image) {
  std::vector<Part> parts;
  const JobRows job = count_rows(image);
  for_each_chip([&]<class Chip>() {
    constexpr uint32_t kChip = static_cast<uint32_t>(kChipId<Chip>);
    for (uint64_t first = 0; first < job.calls[kChip];) {
      Part part{};
      part.chip = kChip;
      part.log_height = log_height_for((job.calls[kChip] - first) * kRowsPerCall<Chip>);
      place_rows<Chip>(part, job, first);
      first += part.count;
      parts.push_back(part);
    }
  });
  for (const NeededTable& table : needed_tables(job)) {
    Part part{};
    part.chip = table.chip;
    part.log_height = table.log_height;
    part.count = part.height();
    parts.push_back(part);
  }
  return parts;
}

}  // namespace cairn
