#include "stark/protocol/layout.hpp"

#include <algorithm>

#include "air/chips.hpp"
#include "stark/protocol/parameters.hpp"

namespace cairn {

SegmentLayout::SegmentLayout(const SegmentRecord& record) {
  for (uint32_t i = 0; i < record.parts.size(); ++i) {
    const PublicPart& part = record.parts[i];
    const int log_height = static_cast<int>(part.log_height);
    auto group = std::find_if(heights_.begin(), heights_.end(),
                              [&](const HeightGroup& g) { return g.log_height <= log_height; });
    if (group == heights_.end() || group->log_height != log_height) {
      group = heights_.insert(group, HeightGroup{log_height, {}});
    }
    group->parts.push_back(i);
    constraint_offset_.push_back(constraint_count_);
    with_chip(part.chip,
              [&]<class Chip>() { constraint_count_ += kShape<Chip>.all_constraints(); });
  }
}

OpeningOrder::OpeningOrder(const SegmentLayout& layout, const SegmentRecord& record) {
  uint64_t next = 0;
  for (const HeightGroup& height : layout.heights()) {
    uint64_t main = 0, helper = 0, main_next = 0;
    for (const uint32_t part : height.parts) {
      with_chip(record.parts[part].chip, [&]<class Chip>() {
        main += kShape<Chip>.columns;
        helper += kShape<Chip>.helper_columns();
        main_next += kShape<Chip>.next;
      });
    }
    Group group{};
    group.main = next;
    group.helper = group.main + main;
    group.quotient = group.helper + helper;
    group.main_next = group.quotient + kQuotientChunks * kExtensionDegree;
    group.sum_next = group.main_next + main_next;
    group.end = group.sum_next + kExtensionDegree * height.parts.size();
    next = group.end;
    groups.push_back(group);
  }
}

}  // namespace cairn
