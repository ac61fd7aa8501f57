#include "segmenter/relocation.hpp"

#include <fmt/format.h>

#include "core/error.hpp"

namespace cairn {

Relocation::Relocation(const Pie& pie) {
  const auto add = [this](const PieSegment& segment) {
    if (segment.index >= segments_.size()) segments_.resize(segment.index + 1);
    Segment& slot = segments_[segment.index];
    if (slot.known) {
      throw Error(Code::kBadInput,
                  fmt::format("metadata.json: segment {} is listed twice", segment.index));
    }
    slot = {0, segment.size, true, false};
  };
  add(pie.program_segment);
  add(pie.execution_segment);
  add(pie.ret_fp_segment);
  add(pie.ret_pc_segment);
  for (const auto& segment : pie.builtin_segments) {
    if (segment) add(*segment);
  }
  for (const PieSegment& segment : pie.extra_segments) add(segment);

  for (const Builtin builtin : {Builtin::kAddMod, Builtin::kMulMod}) {
    const auto& segment = pie.builtin_segments[static_cast<int>(builtin)];
    if (segment && segment->size != 0) segments_[segment->index].apart = true;
  }

  constexpr uint64_t kMaxEnd = uint64_t{1} << 28;
  uint64_t end = 1;
  for (Segment& segment : segments_) {
    if (!segment.known) continue;
    if (segment.apart) ++end;
    segment.base = static_cast<uint32_t>(end);
    end += segment.size;
    if (end > kMaxEnd) {
      throw Error(Code::kOutOfResource,
                  "metadata.json: the segments need more than 2^28 - 1 cells");
    }
  }
  end_ = static_cast<uint32_t>(end);
  segments_[pie.ret_fp_segment.index].base = 0;
  segments_[pie.ret_pc_segment.index].base = 0;
}

std::string Relocation::name(int64_t address) const {
  for (size_t i = 0; i < segments_.size(); ++i) {
    const Segment& s = segments_[i];
    if (s.known && address >= s.base && address < int64_t{s.base} + s.size) {
      return fmt::format("{}:{}", i, address - s.base);
    }
  }
  return fmt::format("address {}", address);
}

}  // namespace cairn
