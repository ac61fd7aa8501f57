// Single steps of the Cairo machine for every legal instruction shape, and the machine itself,
// written from its definition: the oracle of the chip GENERIC and of the replay.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <map>
#include <optional>
#include <vector>

#include "air/chips/instruction.hpp"
#include "air/image.hpp"
#include "core/felt252.hpp"
#include "tests/air/naive_felt.hpp"

namespace cairn::one_step {

/// A state whose registers may be any integers, as a wrong one's may.
struct WideState {
  int64_t pc, ap, fp;
  friend bool operator==(const WideState&, const WideState&) = default;
};

struct OneStep {
  std::map<int64_t, Felt> memory;
  State state;
};

inline constexpr uint32_t kFlagWords = 1u << 15;

inline bool has(uint32_t flags, Flag f) { return ((flags >> f) & 1) != 0; }
inline int count(uint32_t flags, std::initializer_list<Flag> list) {
  int n = 0;
  for (Flag f : list) n += has(flags, f) ? 1 : 0;
  return n;
}

/// Whether Cairo gives these flags a meaning (whitepaper, 4.5); an immediate also wants o2 = 1.
inline bool legal_flags(uint32_t f) {
  const bool jnz_alone =
      !has(f, kJnz) || count(f, {kResAdd, kResMul, kCall, kRet, kAssertEq, kApAdd}) == 0;
  const bool call_alone = !has(f, kCall) || count(f, {kApAdd, kApAdd1}) == 0;
  return count(f, {kOp1Imm, kOp1Fp, kOp1Ap}) <= 1 && count(f, {kResAdd, kResMul}) <= 1 &&
         count(f, {kJumpAbs, kJumpRel, kJnz}) <= 1 && count(f, {kApAdd, kApAdd1}) <= 1 &&
         count(f, {kCall, kRet, kAssertEq}) <= 1 && jnz_alone && call_alone;
}

inline Felt encode(int o0, int o1, int o2, uint32_t flags) {
  const auto biased = [](int o) { return static_cast<uint64_t>(o + kOffsetBias); };
  return {{biased(o0) | biased(o1) << 16 | biased(o2) << 32 | uint64_t{flags} << 48, 0, 0, 0}};
}

/// The integer in [-2^28, 2^28) that a felt is, if it is one.
inline std::optional<int64_t> small(const Felt& x) {
  for (const bool negative : {false, true}) {
    const Felt y = negative ? naive::negate(x) : x;
    const uint64_t end = (uint64_t{1} << 28) + (negative ? 1 : 0);
    if ((y.word[1] | y.word[2] | y.word[3]) == 0 && y.word[0] < end) {
      return negative ? -static_cast<int64_t>(y.word[0]) : static_cast<int64_t>(y.word[0]);
    }
  }
  return std::nullopt;
}

inline const Felt* load(const OneStep& step, int64_t address) {
  const auto found = step.memory.find(address);
  return found == step.memory.end() ? nullptr : &found->second;
}

/// The state after the step, if there is one and we can prove it: all operands exist, pointers and
/// distances are below 2^28 in size, the new ap is an address.
inline std::optional<WideState> execute(const OneStep& step) {
  const State& s = step.state;
  const Instruction i = Instruction::decode(*load(step, s.pc));
  const uint32_t f = i.flags;
  const int64_t size = has(f, kOp1Imm) ? 2 : 1;
  const Felt* dst = load(step, int64_t{has(f, kDstFp) ? s.fp : s.ap} + i.o0);
  const Felt* op0 = load(step, int64_t{has(f, kOp0Fp) ? s.fp : s.ap} + i.o1);
  if (dst == nullptr || op0 == nullptr) return std::nullopt;
  std::optional<int64_t> base = s.ap;
  if (has(f, kOp1Imm)) base = s.pc;
  if (has(f, kOp1Fp)) base = s.fp;
  if (count(f, {kOp1Imm, kOp1Fp, kOp1Ap}) == 0) base = small(*op0);
  if (!base) return std::nullopt;
  const Felt* op1 = load(step, *base + i.o2);
  if (op1 == nullptr) return std::nullopt;

  const Felt res = has(f, kResAdd)   ? naive::add(*op0, *op1)
                   : has(f, kResMul) ? naive::multiply(*op0, *op1)
                                     : *op1;
  if (has(f, kAssertEq) && *dst != res) return std::nullopt;
  if (has(f, kCall) && (*dst != naive::felt(s.fp) || *op0 != naive::felt(s.pc + size))) {
    return std::nullopt;
  }
  WideState next{s.pc + size, s.ap, s.fp};
  const bool taken = has(f, kJnz) && *dst != Felt{};
  if (taken || count(f, {kJumpAbs, kJumpRel, kApAdd}) != 0) {
    const std::optional<int64_t> distance = small(res);
    if (!distance) return std::nullopt;
    if (has(f, kJumpAbs)) next.pc = *distance;
    if (taken || has(f, kJumpRel)) next.pc = s.pc + *distance;
    if (has(f, kApAdd)) next.ap += *distance;
  }
  if (has(f, kApAdd1)) next.ap += 1;
  if (has(f, kCall)) next.fp = next.ap += 2;
  if (has(f, kRet)) {
    if (!small(*dst)) return std::nullopt;
    next.fp = *small(*dst);
  }
  if (next.ap < 0 || next.ap >= 1 << 28) return std::nullopt;
  return next;
}

/// Values on both sides of every border.
inline const std::vector<Felt>& edges() {
  static const std::vector<Felt> values = [] {
    std::vector<Felt> list;
    for (int64_t x : {0, 1, -1, 2, 511, 512, -512}) list.push_back(naive::felt(x));
    for (int exponent : {27, 28, 36, 64, 72, 128, 135, 192, 250, 251}) {
      const Felt power = naive::power_of_two(exponent);
      for (const Felt& x : {power, naive::minus(power, naive::felt(1)), naive::negate(power),
                            naive::add(naive::negate(power), naive::felt(-1))}) {
        list.push_back(x);
      }
    }
    list.push_back(naive::add(naive::power_of_two(250),
                              naive::multiply(naive::felt(17), naive::power_of_two(191))));
    return list;
  }();
  return values;
}

/// x with a x = b; only to make operands, which execute() then judges.
inline Felt divide(const Felt& b, const Felt& a) {
  return (Felt252(b) * Felt252(a).inverse()).integer();
}

inline constexpr int kOffsetPatterns = 5;
inline constexpr int kAp = 2000, kFp = 1500, kPc = 100, kPointer = 3000;

/// A step with these flags, offsets and operands that should hold; nothing where the operands stand
/// in one cell and differ.
inline std::optional<OneStep> make_step(uint32_t f, int pattern, uint32_t choice) {
  static constexpr int kOffsets[kOffsetPatterns][3] = {
      {-1, -1, 1}, {0, 1, -3}, {-5, -9, 7}, {0, 0, 0}, {300, -400, 500}};
  static constexpr int64_t kDistances[] = {-7, 12, 0, 1, 40, (1 << 28) - 1, -(1 << 28), 1 << 28};
  const std::vector<Felt>& values = edges();
  const auto value = [&](uint32_t i) {
    return values[(choice * 7 + i * 13 + choice / 5) % values.size()];
  };
  const int* offset = kOffsets[pattern];
  const int o2 = has(f, kOp1Imm) ? 1 : offset[2];
  OneStep step{{}, {kPc, kAp, kFp}};
  bool fits = true;
  const auto put = [&](int64_t address, const Felt& x) {
    if (address < 1) fits = false;
    if (step.memory.emplace(address, x).first->second != x) fits = false;
  };

  const int64_t size = has(f, kOp1Imm) ? 2 : 1;
  const bool pointer = count(f, {kOp1Imm, kOp1Fp, kOp1Ap}) == 0;
  const bool moves = count(f, {kJumpAbs, kJumpRel, kJnz, kApAdd}) != 0;
  Felt op0 = value(0);
  if (pointer) op0 = naive::felt(kPointer);
  if (has(f, kCall)) op0 = naive::felt(kPc + size);
  Felt res = moves ? naive::felt(kDistances[choice % std::size(kDistances)]) : value(1);
  Felt op1 = res;
  if (has(f, kResAdd)) op1 = naive::add(res, naive::negate(op0));
  if (has(f, kResMul)) op1 = op0 == Felt{} ? value(2) : divide(res, op0);
  if (has(f, kResMul) && op0 == Felt{}) res = Felt{};
  Felt dst = value(3);
  if (has(f, kJnz) && choice % 3 == 0) dst = Felt{};
  if (has(f, kAssertEq)) dst = res;
  if (has(f, kCall)) dst = naive::felt(kFp);
  if (has(f, kRet) && choice % 4 != 0) dst = naive::felt(1200);

  put(kPc, encode(offset[0], offset[1], o2, f));
  put((has(f, kDstFp) ? kFp : kAp) + offset[0], dst);
  put((has(f, kOp0Fp) ? kFp : kAp) + offset[1], op0);
  int64_t base = has(f, kOp1Imm) ? kPc : has(f, kOp1Fp) ? kFp : kAp;
  if (pointer) base = *small(op0);
  put(base + o2, op1);
  if (!fits) return std::nullopt;
  return step;
}

}  // namespace cairn::one_step
