// What the two chips of a Blake2s instruction have in common: words of 32 bits as halves, and the
// operands of one step.
#pragma once

#include "air/chips/opcode.hpp"
#include "core/blake2s.hpp"

namespace cairn {

/// The place of BLAKE2S in CAIRN_CHIPS, whose states its rounds follow; air/chips.hpp checks it.
inline constexpr uint32_t kBlake2sChip = 33;

/// Bits 0-15 and 16-31 of a word.
template <class T>
struct Halves {
  T low, high;
};

/// The words of a list as coordinates of a message.
template <class V, int kCount>
HOST_DEVICE constexpr Array<V, 2 * kCount> halves_list(const Array<Halves<V>, kCount>& words) {
  Array<V, 2 * kCount> list{};
  for (int i = 0; i < kCount; ++i) {
    list[2 * i] = words[i].low;
    list[2 * i + 1] = words[i].high;
  }
  return list;
}

/// A step and what it hashes: chaining value [op0], message [op1], counter dst, result at [ap].
struct Blake2sStep {
  Step step;
  uint32_t state_pointer, message_pointer, output_pointer;

  HOST_DEVICE Blake2sStep(const Image& image, const Part& part, uint32_t row)
      : step(image, part, row),
        state_pointer(pointer(step.op0_address())),
        message_pointer(pointer(step.op1_address())),
        output_pointer(pointer(step.state.ap)) {}

  HOST_DEVICE uint32_t word(uint32_t address) const {
    return static_cast<uint32_t>(step.value(address).word[0]);
  }
  HOST_DEVICE uint32_t counter() const { return word(step.dst_address()); }
  HOST_DEVICE bool final() const { return step.instruction.extension == 2; }
  HOST_DEVICE void message(uint32_t (&m)[16]) const {
    for (int i = 0; i < 16; ++i) m[i] = word(message_pointer + i);
  }
  HOST_DEVICE void start(uint32_t (&v)[16]) const {
    uint32_t h[8];
    for (int i = 0; i < 8; ++i) h[i] = word(state_pointer + i);
    blake2s::start(v, h, counter(), final());
  }

 private:
  HOST_DEVICE uint32_t pointer(uint32_t address) const {
    return static_cast<uint32_t>(step.immediate(address));
  }
};

}  // namespace cairn
