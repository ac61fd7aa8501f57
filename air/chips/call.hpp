// What call rel and call abs have in common: fp and the return address go to [ap] and [ap + 1], and
// both ap and fp become ap + 2.
#pragma once

#include "air/chips/opcode.hpp"

namespace cairn {

/// Sets what all calls say of their instruction, checks the frame and moves the state. `size` is
/// that of the instruction.
template <class E, class V>
HOST_DEVICE constexpr void call_row(E& e, const Registers<V>& r, Form<V>& f, int size,
                                    const V& next_pc) {
  f.o1 = V(1);
  f.call = 1;
  opcode_row<E, V>(e, r, f, next_pc, r.ap + 2, r.ap + 2);
  read_immediate<E, V>(e, r.en, r.ap, r.fp);
  read_immediate<E, V>(e, r.en, r.ap + 1, r.pc + size);
}

}  // namespace cairn
