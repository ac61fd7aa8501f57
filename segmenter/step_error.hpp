// Says why a step does not hold, once it is known that it does not.
#pragma once

#include <cstdint>
#include <string>

#include "air/image.hpp"
#include "segmenter/classify.hpp"
#include "segmenter/memory_reader.hpp"
#include "segmenter/relocation.hpp"

namespace cairn {

/// Throws Error(kBadInput): "step 17: pc 0:12: <complaint>".
[[noreturn]] void refuse_step(const Relocation& relocation, uint64_t step, uint32_t pc,
                              const std::string& complaint);

/// Throws the same for the instruction `d` in state `s`, which next_state() or check_step()
/// refused.
[[noreturn]] void explain_step(const RunMemory& memory, const Relocation& relocation, uint64_t step,
                               const State& s, const Decoded& d);

}  // namespace cairn
