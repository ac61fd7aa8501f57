#include "kernels/grind.hpp"

#include <algorithm>

#include "core/error.hpp"
#include "kernels/backend.hpp"
#include "kernels/buffer.hpp"

namespace cairn {

uint64_t grind(Backend& backend, Hash hash, const Digest& seed, int bits) {
  check(bits >= 0 && bits <= kMaxWorkBits, "a proof of work asks for at most 31 bits");
  // A batch is an eighth of the tries expected, so that little is tried in vain; a device wants
  // more indices than a processor.
  const uint64_t tries = (uint64_t{1} << bits) / 8;
  const uint64_t most = uint64_t{1} << (backend.reads_host_memory() ? 12 : 17);
  const uint64_t count = std::clamp<uint64_t>(tries, 256, most);
  const auto rounds = static_cast<uint32_t>(std::clamp<uint64_t>(tries / count, 1, 256));
  Buffer<uint32_t> found(backend, count);
  for (uint64_t first = 0;; first += count * rounds) {
    backend.run(Grind{hash, seed, (1u << bits) - 1, first, rounds, found.data(), count});
    const std::vector<uint32_t> hits = found.to_host();
    const auto best = std::min_element(hits.begin(), hits.end());  // the first of equals
    if (*best != Grind::kNone) {
      return first + *best * count + static_cast<uint64_t>(best - hits.begin());
    }
  }
}

}  // namespace cairn
