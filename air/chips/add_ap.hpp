// ADD_AP: ap += immediate or [ap or fp + o2].
//
// Soundness: only here and in GENERIC may ap move by more than 2, so here the new ap is checked to
// be below 2^28; rows of a job are below 2^29, hence ap never wraps (design: cairo-air.md 4).
#pragma once

#include "air/chips/arithmetic.hpp"

namespace cairn {

struct AddAp {
  static constexpr const char* kName = "ADD_AP";
  static constexpr Kind kKind = Kind::kOpcode;
  static constexpr bool kReadsCounts = false;
  static constexpr int kHalfBits = 14;

  template <class T>
  struct Columns {
    Registers<T> r;
    Source<T> op1;
    T value;
    T high;  // of the new ap
  };

  template <class E>
  HOST_DEVICE static constexpr void evaluate(E& e) {
    using V = typename E::Value;
    const auto c = e.template columns<Columns>();
    const V next_ap = c.r.ap + c.value;
    constrain_source(e, c.r, c.op1);
    Form<V> f;
    f.o0 = V(-1);
    f.o1 = V(-1);
    f.dst_fp = V(1);
    f.op0_fp = V(1);
    f.ap_add = 1;
    set_source(f, c.op1);
    opcode_row<E, V>(e, c.r, f, c.r.pc + c.op1.is_immediate + 1, next_ap, c.r.fp);
    read_immediate(e, c.r.en, c.op1.address, c.value);
    e.range(kHalfBits, c.r.en, next_ap - c.high * (1 << kHalfBits));
    e.range(kHalfBits, c.r.en, c.high);
  }

  HOST_DEVICE static Columns<KoalaBear> fill(const Image& image, const Counts&, const Part& part,
                                             uint32_t row) {
    if (row >= part.count) return {};
    const Step s(image, part, row);
    const int32_t value = s.immediate(s.op1_address());
    return {s.registers(), source_of(s), value, (s.state.ap + value) >> kHalfBits};
  }
};

}  // namespace cairn
