#include "tests/air/every_opcode.hpp"

#include "tests/air/naive_felt.hpp"

namespace cairn {
namespace {

using naive::felt;
using naive::negate;
using naive::power_of_two;

constexpr uint32_t bit(Flag f) { return uint32_t{1} << f; }
constexpr uint32_t kFp0 = bit(kDstFp), kFp1 = bit(kOp0Fp), kImm = bit(kOp1Imm), kFp2 = bit(kOp1Fp),
                   kAp2 = bit(kOp1Ap), kAdd = bit(kResAdd), kMul = bit(kResMul),
                   kAbs = bit(kJumpAbs), kRel = bit(kJumpRel), kIf = bit(kJnz),
                   kApPlus = bit(kApAdd), kApStep = bit(kApAdd1), kCallBit = bit(kCall),
                   kRetBit = bit(kRet), kEq = bit(kAssertEq);

/// Writes the program; `top` counts the cells from fp up to ap.
class Writer {
 public:
  explicit Writer(SmallRun& run) : run_(run) {}

  /// [ap] = value; ap++. Gives the offset of the cell from fp.
  int push(const Felt& value) {
    run_.emit({ChipId::kAeqImmediate, 0, -1, 1, kFp1 | kImm | kApStep | kEq}, value);
    return top_++;
  }
  /// Pushes [fp + a] op [fp + b], op0 and op1 read by fp or by ap in turn.
  int arithmetic(ChipId chip, uint32_t op, int a, int b) {
    const bool by_ap = (turn_++ & 1) != 0;
    if (by_ap) {
      run_.emit({chip, 0, a - top_, b - top_, kAp2 | op | kApStep | kEq});
    } else {
      run_.emit({chip, 0, a, b, kFp1 | kFp2 | op | kApStep | kEq});
    }
    return top_++;
  }
  int arithmetic(ChipId chip, uint32_t op, int a, const Felt& b) {
    run_.emit({chip, 0, a, 1, kFp1 | kImm | op | kApStep | kEq}, b);
    return top_++;
  }
  /// [fp + a] = [fp + b], no ap++.
  void same(int a, int b, bool by_ap) {
    if (by_ap) {
      run_.emit({ChipId::kAeq, a - top_, -1, b - top_, kFp1 | kAp2 | kEq});
    } else {
      run_.emit({ChipId::kAeq, a, -1, b, kFp0 | kFp1 | kFp2 | kEq});
    }
  }
  int copy(int a) {
    run_.emit({ChipId::kAeq, 0, -1, a, kFp1 | kFp2 | kApStep | kEq});
    return top_++;
  }
  /// [ap] = [[fp + a] + offset]; ap++.
  int deref(int a, int offset) {
    run_.emit({ChipId::kAeqDoubleDeref, 0, a, offset, kFp1 | kApStep | kEq});
    return top_++;
  }
  void deref_by_ap(int a, int offset, int dst) {
    run_.emit({ChipId::kAeqDoubleDeref, dst, a - top_, offset, kFp0 | kEq});
  }
  /// Jumps over a word that is no instruction.
  void jump_if(int condition, bool by_fp, bool ap_step) {
    run_.emit({ChipId::kJnzTaken, by_fp ? condition : condition - top_, -1, 1,
               (by_fp ? kFp0 : 0) | kFp1 | kImm | kIf | (ap_step ? kApStep : 0)},
              felt(3));
    trap();
    if (ap_step) ++top_;
  }
  void no_jump(int condition, bool by_fp) {
    run_.emit({ChipId::kJnzNotTaken, by_fp ? condition : condition - top_, -1, 1,
               (by_fp ? kFp0 : 0) | kFp1 | kImm | kIf},
              felt(-3));
  }
  void add_ap(int by) {
    run_.emit({ChipId::kAddAp, -1, -1, 1, kFp0 | kFp1 | kImm | kApPlus}, felt(by));
    top_ += by;
  }
  void add_ap_of(int a, bool by_ap, int value) {
    run_.emit({ChipId::kAddAp, -1, -1, by_ap ? a - top_ : a,
               kFp0 | kFp1 | (by_ap ? kAp2 : kFp2) | kApPlus});
    top_ += value;
  }
  void jump_relative_immediate(bool ap_step) {
    run_.emit({ChipId::kJumpRelativeImmediate, -1, -1, 1,
               kFp0 | kFp1 | kImm | kRel | (ap_step ? kApStep : 0)},
              felt(3));
    trap();
    if (ap_step) ++top_;
  }
  /// [fp + a] holds 2.
  void jump_relative(int a, bool by_ap) {
    run_.emit({ChipId::kJumpRelative, -1, -1, by_ap ? a - top_ : a,
               kFp0 | kFp1 | (by_ap ? kAp2 : kFp2) | kRel});
    trap();
  }
  /// Pushes an absolute target, then jumps there by [fp + ..], [ap + ..] or [[..] + ..].
  void jump_absolute(bool by_ap) {
    const int target = push(felt(0));
    const uint32_t at = run_.emit({ChipId::kJumpAbsolute, -1, -1, by_ap ? target - top_ : target,
                                   kFp0 | kFp1 | (by_ap ? kAp2 : kFp2) | kAbs});
    run_.patch(at - 1, felt(SmallRun::kProgramBase + at + 2));
    trap();
  }
  void call_relative(int distance) {
    run_.emit({ChipId::kCallRelative, 0, 1, 1, kImm | kRel | kCallBit}, felt(distance));
  }
  void call_absolute(int a, bool by_ap) {
    run_.emit({ChipId::kCallAbsolute, 0, 1, by_ap ? a - top_ : a,
               (by_ap ? kAp2 : kFp2) | kAbs | kCallBit});
  }
  void jump_by_pointer(int pointer, int offset, bool by_ap) {
    run_.emit({ChipId::kJumpAbsoluteDoubleDeref, -1, by_ap ? pointer - top_ : pointer, offset,
               kFp0 | (by_ap ? 0 : kFp1) | kAbs});
    trap();
  }
  /// Any instruction; `top` is moved by `ap_step`.
  void generic(int o0, int o1, int o2, uint32_t flags, int ap_step = 0) {
    run_.emit({ChipId::kGeneric, o0, o1, o2, flags});
    top_ += ap_step;
  }
  void generic(int o0, int o1, const Felt& immediate, uint32_t flags, int ap_step = 0) {
    run_.emit({ChipId::kGeneric, o0, o1, 1, flags | kImm}, immediate);
    top_ += ap_step;
  }
  void ret() { run_.emit({ChipId::kReturn, -2, -1, -1, kFp0 | kFp1 | kFp2 | kAbs | kRetBit}); }
  void trap() { run_.emit({ChipId::kReturn, 0, 0, 0, 0}); }
  int top() const { return top_; }
  void forget_frame(int cells) { top_ += cells; }

 private:
  SmallRun& run_;
  int top_ = 0;
  int turn_ = 0;
};

constexpr int kOutputPointer = -4, kRangeCheckPointer = -3;

void sums(Writer& w) {
  const int five = w.push(felt(5));
  const int minus7 = w.push(felt(-7));
  const int least = w.push(felt(-(1 << 28)));
  const int greatest = w.push(felt((1 << 28) - 1));
  const int mid = w.push(power_of_two(100));
  const int big = w.push(naive::plus(power_of_two(250), felt(12345678901)));
  const int near_prime = w.push(negate(felt((1 << 28) + 1)));
  const ChipId small = ChipId::kAddSmall, large = ChipId::kAddBig;
  w.arithmetic(small, kAdd, five, minus7);
  w.arithmetic(small, kAdd, greatest, least);
  w.arithmetic(small, kAdd, least, felt(77));
  w.arithmetic(small, kAdd, minus7, minus7);
  const int zero = w.arithmetic(small, kAdd, minus7, felt(7));
  w.arithmetic(large, kAdd, greatest, greatest);  // an immediate no more
  w.arithmetic(large, kAdd, least, felt(-1));     // nor this
  w.arithmetic(large, kAdd, mid, big);
  w.arithmetic(large, kAdd, big, big);
  w.arithmetic(large, kAdd, near_prime, near_prime);  // P is subtracted
  w.arithmetic(large, kAdd, near_prime, greatest);
  w.arithmetic(large, kAdd, near_prime, felt((1 << 28) - 3));
  w.arithmetic(large, kAdd, mid, negate(power_of_two(100)));  // to 0
  w.arithmetic(large, kAdd, mid, minus7);
  w.no_jump(zero, true);
  w.no_jump(zero, false);
  w.jump_if(five, true, false);
  w.jump_if(minus7, false, true);
  w.jump_if(big, true, true);
  w.jump_if(mid, false, false);
  w.same(five, w.copy(five), false);
  w.same(big, w.copy(big), true);
}

void products(Writer& w) {
  const ChipId small = ChipId::kMulSmall, large = ChipId::kMulBig;
  const Felt top36 = naive::minus(power_of_two(36), felt(1));
  const int nine = w.push(felt(9));
  const int most = w.push(top36);
  const int big = w.push(naive::minus(kCairoPrime, felt(1234567890123)));
  const int other = w.push(naive::plus(power_of_two(251), felt(17)));
  const int minus1 = w.push(felt(-1));
  const int zero = w.push(felt(0));
  w.arithmetic(small, kMul, nine, most);
  w.arithmetic(small, kMul, most, most);
  w.arithmetic(small, kMul, most, top36);
  w.arithmetic(small, kMul, nine, felt(0));
  w.arithmetic(small, kMul, zero, nine);
  w.arithmetic(large, kMul, big, other);
  w.arithmetic(large, kMul, minus1, minus1);
  w.arithmetic(large, kMul, minus1, felt(-2));
  w.arithmetic(large, kMul, big, big);
  w.arithmetic(large, kMul, other, felt(3));
  w.arithmetic(large, kMul, big, zero);
  w.arithmetic(large, kMul, most, negate(felt(1 << 20)));
}

/// Shapes without a chip of their own.
void odd_shapes(SmallRun& run, Writer& w) {
  const int two = w.push(felt(2));
  const int three = w.push(felt(3));
  const int zero = w.push(felt(0));
  const int big = w.push(power_of_two(200));
  w.generic(0, kOutputPointer, 2, kFp1 | kAdd | kApStep | kEq, 1);  // a sum with [[fp - 4] + 2]
  w.generic(0, big, big, kFp1 | kFp2 | kMul | kApStep | kEq, 1);
  w.generic(0, big, big, kFp1 | kFp2 | kAdd | kEq);
  w.generic(three, big, three, kFp0 | kFp1 | kFp2 | kEq);
  w.generic(zero, -1, big, kFp0 | kFp1 | kFp2 | kIf);  // not taken, so that no distance is needed
  for (const int condition : {three, big}) {
    w.generic(condition, -1, two, kFp0 | kFp1 | kFp2 | kIf | kApStep, 1);
    w.trap();
  }
  w.generic(-1, three, felt(1), kFp0 | kFp1 | kMul | kRel);
  w.trap();
  w.generic(-1, two, felt(-1), kFp0 | kFp1 | kAdd | kApPlus, 1);
  w.generic(zero, two, big, kFp0 | kFp1 | kFp2 | kMul);  // nobody uses the product
  // call rel [fp + three], back to a jump over the callee; the callee returns with ap++.
  w.generic(0, 1, three, kFp2 | kRel | kCallBit);
  run.emit({ChipId::kJumpRelativeImmediate, -1, -1, 1, kFp0 | kFp1 | kImm | kRel}, felt(3));
  w.generic(-2, -1, -1, kFp0 | kFp1 | kFp2 | kAbs | kRetBit | kApStep, 3);
}

}  // namespace

SmallRun every_opcode() {
  SmallRun run;
  Writer w(run);
  run.output = {felt(7), power_of_two(100), negate(power_of_two(200))};
  const Felt most = naive::minus(power_of_two(128), felt(1));
  run.range_check = {felt(0), felt(12345), power_of_two(127), most, power_of_two(27)};

  // A function before main: called with a negative distance.
  run.emit({ChipId::kAddSmall, 0, -3, 1, kFp1 | kImm | kAdd | kApStep | kEq}, felt(1));
  w.ret();
  run.main = run.size();

  sums(w);
  products(w);
  odd_shapes(run, w);
  w.deref(kOutputPointer, 2);
  const int word = w.deref(kRangeCheckPointer, 3);
  w.deref_by_ap(kRangeCheckPointer, 3, word);

  const int two = w.push(felt(2));
  w.add_ap(3);
  w.add_ap_of(two, false, 2);
  w.add_ap_of(two, true, 2);
  w.add_ap(-1);
  w.jump_relative_immediate(false);
  w.jump_relative_immediate(true);
  w.jump_relative(two, false);
  w.jump_relative(two, true);
  w.jump_absolute(false);
  w.jump_absolute(true);

  // jmp abs [[x] + o]: the target lies in this frame; x points o cells away from it.
  for (const bool by_ap : {false, true}) {
    const uint32_t target_word = run.size() + 1;
    const int target = w.push(felt(0));
    // A pointer to the output segment plus what leads back to the target's cell.
    const uint32_t pointer_word = run.size() + 1;
    const int pointer = w.arithmetic(ChipId::kAddSmall, kAdd, kOutputPointer, felt(0));
    run.patch(pointer_word, felt(target + 4 - 400 - 2));
    w.jump_by_pointer(pointer, 2, by_ap);
    run.patch(target_word, felt(SmallRun::kProgramBase + run.size()));
  }

  w.push(felt(41));
  w.call_relative(-static_cast<int>(run.size()));
  w.forget_frame(3);
  const int function = w.push(felt(SmallRun::kProgramBase));
  w.call_absolute(function, false);
  w.forget_frame(3);
  const int again = w.push(felt(SmallRun::kProgramBase));
  w.call_absolute(again, true);
  w.forget_frame(3);

  w.arithmetic(ChipId::kAddSmall, kAdd, kOutputPointer, felt(3));
  w.arithmetic(ChipId::kAddSmall, kAdd, kRangeCheckPointer, felt(5));
  w.ret();
  run.run();
  return run;
}

}  // namespace cairn
