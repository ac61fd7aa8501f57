// JNZ_T: a conditional jump whose condition is not 0.
//
// Soundness: an immediate is not 0 because its distance from the payload of 0 has an inverse; any
// other word is not 0 modulo P because BIG and MID hold neither 0 nor P.
#pragma once

#include "air/chips/jnz.hpp"
#include "air/inverses.hpp"

namespace cairn {

struct JnzTaken {
  static constexpr const char* kName = "JNZ_T";
  static constexpr Kind kKind = Kind::kOpcode;
  static constexpr bool kReadsCounts = false;

  template <class T>
  struct Columns {
    JnzStep<T> step;
    Word<T> condition;
    T target;
    T inverse;  // of the condition's value where it is an immediate
  };

  template <class E>
  HOST_DEVICE static constexpr void evaluate(E& e) {
    using V = typename E::Value;
    const auto c = e.template columns<Columns>();
    const auto& r = c.step.r;
    jnz_row<E, V>(e, c.step, r.pc + c.target);
    e.zero((c.condition.payload - Cell::kBias) * c.inverse - r.en * (1 - c.condition.kappa),
           "the condition is not 0");
    read_word(e, r.en, c.step.dst.address, c.condition);
    read_immediate(e, r.en, r.pc + 1, c.target);
  }

  template <class Invert = InvertNow>
  HOST_DEVICE static Columns<KoalaBear> fill(const Image& image, const Counts&, const Part& part,
                                             uint32_t row, const Invert& invert = {}) {
    if (row >= part.count) return {};
    const Step s(image, part, row);
    const Cell condition = s.cell(s.dst_address());
    const KoalaBear value(condition.kappa() != 0 ? 0 : condition.value());
    return {jnz_step(s), s.word(s.dst_address()), s.immediate(s.state.pc + 1), invert(value)};
  }
};

}  // namespace cairn
