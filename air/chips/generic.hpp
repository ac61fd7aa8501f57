// GENERIC: any legal instruction, whatever its flags and offsets. It proves the shapes that
// compilers do not emit and that have no chip of their own (design: cairo-air.md 4).
//
// The flags are columns, and the instruction bus makes them the word's own: f5 and f6 are sums of
// booleans times powers of two. A step reads dst, op0 and op1, used or not: so do the Cairo virtual
// machines, and a run that they accept has all three. `res` is a fourth word, which no address
// holds: where a step uses res, the identity
//
//   multiplies op0 op1 + copies (op1 + res_add op0) - res = 0 modulo P
//
// ties it to the operands as one folded product (air/chips/product.hpp); a sum costs no column.
// Where a step does not use res, the identity gets no operand and leaves 0, so that nobody needs
// the limbs of a value that memory does not hold. Constraints are not switched: that would cost a
// degree (design: cairo-air-review.md R19).
//
// Soundness: dst and res are equal words, or equal modulo P, by the identity; a distance or an
// address is an immediate, so that it is an integer of 29 bits. jnz tells 0 as JNZ_N and JNZ_T do:
// the immediate 0 is 0, and an immediate whose distance from 0 has an inverse, or any word of BIG
// and MID, is not. ap may move by any distance here, so the new ap is checked to be below 2^28 (see
// air/chips/add_ap.hpp).
//
// 153 columns, 39 fractions: 253 cells a step.
#pragma once

#include "air/chips/arithmetic.hpp"
#include "air/chips/product.hpp"

namespace cairn {

struct Generic {
  static constexpr const char* kName = "GENERIC";
  static constexpr Kind kKind = Kind::kOpcode;
  static constexpr bool kReadsCounts = false;
  static constexpr int kHalfBits = 14;
  static constexpr int kFlags = kAssertEq + 1;

  template <class T>
  struct Columns {
    Registers<T> r;
    Array<T, kFlags> flag;  // by enum Flag
    Array<T, 3> offset;     // of dst, op0, op1
    Array<T, 3> address;
    Word<T> dst, op0, op1, res;
    Array<T, kLimbs9> op0_limb, op1_limb, res_limb;
    T multiplies;  // res is used and is op0 op1
    T copies;      // res is used and is op1, or op0 + op1
    ProductWitness<T> witness;
    T taken;    // jnz, and dst is not 0
    T inverse;  // of dst's value where taken asks for it
    T next_pc, next_ap, next_fp;
    T next_ap_high;
  };

  template <class E>
  HOST_DEVICE static constexpr void evaluate(E& e) {
    const auto c = e.template columns<Columns>();
    check_flags(e, c);
    read_operands(e, c);
    check_result(e, c);
    check_opcode(e, c);
    next_state(e, c);
  }

  HOST_DEVICE static Columns<KoalaBear> fill(const Image& image, const Counts&, const Part& part,
                                             uint32_t row) {
    if (row >= part.count) return {};
    const Step s(image, part, row);
    const bool double_deref = (s.flag(kOp1Imm) | s.flag(kOp1Fp) | s.flag(kOp1Ap)) == 0;
    const uint32_t dst_address = s.dst_address();
    const uint32_t op0_address = s.op0_address();
    const uint32_t op1_address =
        double_deref ? s.immediate(op0_address) + s.instruction.o2 : s.op1_address();
    const Cell dst = s.cell(dst_address);
    const Felt op0 = s.value(op0_address);
    const Felt op1 = s.value(op1_address);

    Columns<KoalaBear> c{};
    c.r = s.registers();
    for (int i = 0; i < kFlags; ++i) c.flag[i] = s.flag(static_cast<Flag>(i));
    c.offset = {s.instruction.o0, s.instruction.o1, s.instruction.o2};
    c.address = {dst_address, op0_address, op1_address};
    c.dst = s.word(dst_address);
    c.op0 = s.word(op0_address);
    c.op1 = s.word(op1_address);
    c.op0_limb = limbs9_of<kLimbs9>(op0);
    c.op1_limb = limbs9_of<kLimbs9>(op1);

    const bool taken = s.flag(kJnz) != 0 && !(dst.immediate() && dst.value() == 0);
    const bool moves = taken || (s.flag(kJumpAbs) | s.flag(kJumpRel) | s.flag(kApAdd)) != 0;
    const bool used = moves || s.flag(kAssertEq) != 0;
    const bool multiplies = used && s.flag(kResMul) != 0;
    const bool copies = used && !multiplies;
    c.multiplies = multiplies ? 1 : 0;
    c.copies = copies ? 1 : 0;
    c.taken = taken ? 1 : 0;
    if (taken && dst.immediate()) c.inverse = KoalaBear(dst.value()).inverse();

    Array<int64_t, kLimbs9> a, b, rest;
    for (int i = 0; i < kLimbs9; ++i) {
      a[i] = multiplies ? op0.limb9(i) : 0;
      b[i] = op1.limb9(i);
      rest[i] = copies ? -int64_t{op1.limb9(i)} : 0;
      if (copies && s.flag(kResAdd) != 0) rest[i] -= op0.limb9(i);
    }
    int64_t step = 0;
    Felt res{};
    c.res = {0, Cell::kBias};
    if (s.flag(kAssertEq) != 0) {
      step = dst.immediate() ? dst.value() : 0;
      res = image.value(dst);
      c.res = c.dst;
    } else if (used) {
      step = small_result(folded_product<int64_t>(a, b, rest));
      res = felt_of(static_cast<int32_t>(step));
      c.res = {0, step + Cell::kBias};
    }
    for (int i = 0; i < kLimbs9; ++i) rest[i] += res.limb9(i);
    c.res_limb = limbs9_of<kLimbs9>(res);
    c.witness = sum_witness(folded_product<int64_t>(a, b, rest));

    const int64_t pc = s.state.pc;
    const int64_t ap = s.state.ap;
    const bool call = s.flag(kCall) != 0;
    const int64_t next_ap = ap + s.flag(kApAdd1) + (call ? 2 : 0) + (s.flag(kApAdd) ? step : 0);
    c.next_pc = s.flag(kJumpAbs)            ? step
                : taken || s.flag(kJumpRel) ? pc + step
                                            : pc + 1 + s.flag(kOp1Imm);
    c.next_ap = next_ap;
    c.next_fp = call ? next_ap : s.flag(kRet) ? int64_t{dst.value()} : int64_t{s.state.fp};
    c.next_ap_high = next_ap >> kHalfBits;
    return c;
  }

 private:
  template <class V>
  HOST_DEVICE static constexpr V size(const Columns<V>& c) {
    return c.r.en + c.flag[kOp1Imm];
  }
  /// 1 where op1 is [[op0] + o2]. In a padded row it is 0, as all is.
  template <class V>
  HOST_DEVICE static constexpr V double_deref(const Columns<V>& c) {
    return c.r.en - c.flag[kOp1Imm] - c.flag[kOp1Fp] - c.flag[kOp1Ap];
  }
  /// The integer that an immediate word stands for.
  template <class V>
  HOST_DEVICE static constexpr V integer(const Word<V>& word) {
    return word.payload - Cell::kBias;
  }

  /// The instruction is legal: what decode_instruction() (segmenter/classify.hpp) says.
  template <class E, class V = typename E::Value>
  HOST_DEVICE static constexpr void check_flags(E& e, const Columns<V>& c) {
    const auto& f = c.flag;
    e.boolean(c.r.en, "en is boolean");
    for (int i = 0; i < kFlags; ++i) e.boolean(f[i], "flag is boolean");
    e.boolean(f[kOp1Imm] + f[kOp1Fp] + f[kOp1Ap], "one source of op1");
    e.boolean(f[kResAdd] + f[kResMul], "one kind of res");
    e.boolean(f[kJumpAbs] + f[kJumpRel] + f[kJnz], "one kind of jump");
    e.boolean(f[kApAdd] + f[kApAdd1], "one move of ap");
    e.boolean(f[kCall] + f[kRet] + f[kAssertEq], "one opcode");
    e.zero(f[kOp1Imm] * (c.offset[2] - 1), "an immediate lies at pc + 1");
    e.zero(f[kJnz] * (f[kResAdd] + f[kResMul] + f[kApAdd] + f[kCall] + f[kRet] + f[kAssertEq]),
           "jnz goes with nothing but ap++");
    e.zero(f[kCall] * (f[kApAdd] + f[kApAdd1]), "call moves ap by itself");
  }

  template <class E, class V = typename E::Value>
  HOST_DEVICE static constexpr void read_operands(E& e, const Columns<V>& c) {
    const auto& r = c.r;
    const V deref = double_deref(c);
    e.zero(c.address[0] - (r.ap + c.flag[kDstFp] * (r.fp - r.ap) + c.offset[0]), "dst address");
    e.zero(c.address[1] - (r.ap + c.flag[kOp0Fp] * (r.fp - r.ap) + c.offset[1]), "op0 address");
    e.zero(c.address[2] - (c.flag[kOp1Imm] * r.pc + c.flag[kOp1Fp] * r.fp + c.flag[kOp1Ap] * r.ap +
                           deref * integer(c.op0) + c.offset[2]),
           "op1 address");
    e.zero(deref * c.op0.kappa, "a pointer is an immediate");
    read_word(e, r.en, c.address[0], c.dst);
    read_word(e, r.en, c.address[1], c.op0);
    read_word(e, r.en, c.address[2], c.op1);
    use_value(e, Bus::kValue9, r.en, c.op0, c.op0_limb);
    use_value(e, Bus::kValue9, r.en, c.op1, c.op1_limb);
    use_value(e, Bus::kValue9, r.en, c.res, c.res_limb);
  }

  template <class E, class V = typename E::Value>
  HOST_DEVICE static constexpr void check_result(E& e, const Columns<V>& c) {
    const auto& f = c.flag;
    const V used = c.multiplies + c.copies;
    e.zero((1 - used) -
               (1 - f[kJumpAbs] - f[kJumpRel] - c.taken) * (1 - f[kApAdd]) * (1 - f[kAssertEq]),
           "res is used by jumps, ap += and assert_eq");
    e.zero(c.multiplies - used * f[kResMul], "res is a product where the flag says so");
    Array<V, kLimbs9> factor{};
    Array<V, kLimbs9> rest{};
    for (int i = 0; i < kLimbs9; ++i) {
      factor[i] = c.multiplies * c.op0_limb[i];
      rest[i] = c.res_limb[i] - c.copies * (c.op1_limb[i] + f[kResAdd] * c.op0_limb[i]);
    }
    check_product<E, V>(e, c.r.en, factor, c.op1_limb, rest, c.witness);
  }

  template <class E, class V = typename E::Value>
  HOST_DEVICE static constexpr void check_opcode(E& e, const Columns<V>& c) {
    const auto& f = c.flag;
    e.zero(c.taken * (c.taken - f[kJnz]), "taken is boolean, and 0 without jnz");
    e.zero((f[kJnz] - c.taken) * c.dst.kappa, "dst is 0: an immediate");
    e.zero((f[kJnz] - c.taken) * integer(c.dst), "dst is 0");
    e.zero(integer(c.dst) * c.inverse - c.taken * (1 - c.dst.kappa), "dst is not 0");
    e.zero(f[kAssertEq] * (c.dst.kappa - c.res.kappa), "dst is res: kind");
    e.zero(f[kAssertEq] * (c.dst.payload - c.res.payload), "dst is res");
    e.zero(f[kCall] * c.dst.kappa, "call saves fp: an immediate");
    e.zero(f[kCall] * (integer(c.dst) - c.r.fp), "call saves fp");
    e.zero(f[kCall] * c.op0.kappa, "call saves the return address: an immediate");
    e.zero(f[kCall] * (integer(c.op0) - c.r.pc - size(c)), "call saves the return address");
    e.zero(f[kRet] * c.dst.kappa, "ret restores fp: an immediate");
  }

  template <class E, class V = typename E::Value>
  HOST_DEVICE static constexpr void next_state(E& e, const Columns<V>& c) {
    const auto& r = c.r;
    const auto& f = c.flag;
    const V step = integer(c.res);
    e.zero((f[kJumpAbs] + f[kJumpRel] + c.taken + f[kApAdd]) * c.res.kappa,
           "a distance is an immediate");
    e.zero(c.next_pc - (r.pc + size(c) + f[kJumpAbs] * (step - r.pc - size(c)) +
                        (f[kJumpRel] + c.taken) * (step - size(c))),
           "next pc");
    e.zero(c.next_ap - (r.ap + f[kApAdd1] + f[kCall] * 2 + f[kApAdd] * step), "next ap");
    e.zero(c.next_fp - (r.fp + f[kCall] * (r.ap + 2 - r.fp) + f[kRet] * (integer(c.dst) - r.fp)),
           "next fp");
    e.range(kHalfBits, r.en, c.next_ap - c.next_ap_high * (1 << kHalfBits));
    e.range(kHalfBits, r.en, c.next_ap_high);

    V f5 = f[0];
    V f6 = f[kResMul];
    for (int i = 1; i < kResMul; ++i) f5 += f[i] * (1 << i);
    for (int i = kResMul + 1; i < kFlags; ++i) f6 += f[i] * (1 << (i - kResMul));
    step_messages<E, V>(e, r, c.offset, f5, f6, V(0), c.next_pc, c.next_ap, c.next_fp);
  }

  /// The x in [-2^28, 2^28) with F = T x modulo P, if there is one: modulo 2^64, F - k P is 544 x.
  HOST_DEVICE static constexpr int64_t small_result(const Array<int64_t, kLimbs9>& f) {
    uint64_t low = 0;
    for (int i = 0; i < 8; ++i) low += static_cast<uint64_t>(f[i]) << (9 * i);
    low -= static_cast<uint64_t>(sum_quotient(f));
    return static_cast<int64_t>(low) / 544;
  }
};

}  // namespace cairn
