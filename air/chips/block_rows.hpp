// Rows of a chip whose calls are blocks: chains of additions on a curve, a builtin's instance each,
// whose rows stand one after another and say something of the next one.
//
// Soundness: en' = start' + link, so every real row starts a block or is linked to the row before
// it, and a row that is not real links nothing; the step is 0 at a start and counts, so no block
// runs in a circle. A block has one label; what it says at its end, under label and last step, the
// builtin's row of that address uses once, and hands out one digit of each step: so there is one
// block with that label, it has all steps, and each has its digit.
#pragma once

#include "air/chips/builtin_rows.hpp"
#include "air/evaluator.hpp"
#include "air/image.hpp"
#include "air/part.hpp"

namespace cairn {

/// Constrains main columns 0 to 3, `en`, `start`, `label` and `step`, and `link`: that the next row
/// is of the same block.
template <class E, class V>
HOST_DEVICE constexpr void block_rows(E& e, const V& en, const V& start, const V& label,
                                      const V& step, const V& link) {
  e.boolean(en, "en is boolean");
  e.boolean(start, "start is boolean");
  e.boolean(link, "link is boolean");
  e.zero(e.next(0) - e.next(1) - link, "a real row starts a block or is linked to");
  e.zero(link * (1 - en), "padding links nothing");
  e.zero(start * step, "a block starts at step 0");
  e.zero(link * (e.next(2) - label), "a block has one label");
  e.zero(link * (e.next(3) - step - 1), "steps count");
}

/// Where a row of a block stands.
struct BlockPlace {
  uint32_t address, step;  // of the instance, in the block
  const Felt* work;        // of the step: Opener::kStepFelts
};

/// Fills en, start, label and step of a row that is not padding. `Opener` is the builtin's chip.
template <class Opener, class C>
HOST_DEVICE BlockPlace begin_block_row(const Image& image, uint32_t instance, uint32_t step, C& c) {
  constexpr int kBuiltin = static_cast<int>(Opener::kBuiltin);
  const uint32_t address = image.builtin[kBuiltin].begin + instance * Opener::kCellsPerRow;
  c.en = 1;
  c.start = step == 0 ? 1 : 0;
  c.label = address;
  c.step = step;
  return {address, step,
          image.work[kBuiltin] + uint64_t{instance} * Opener::kWorkFelts +
              uint64_t{step} * Opener::kStepFelts};
}

}  // namespace cairn
