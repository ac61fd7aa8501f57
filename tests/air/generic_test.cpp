// GENERIC against the machine's definition: for every legal instruction shape the honest row holds
// and says the right things, and a state is provable if and only if the machine steps there.
#include "air/chips/generic.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "air/row_evaluator.hpp"
#include "tests/air/forced_witness.hpp"
#include "tests/air/interval.hpp"
#include "tests/support/one_step.hpp"
#include "tests/support/sanitized.hpp"

namespace cairn {
namespace {

using one_step::OneStep;
using one_step::WideState;
using Row = Generic::Columns<KoalaBear>;

struct Sink {
  std::vector<std::string> broken;
  std::vector<ClearMessage> uses, provided;
  bool odd_multiplicity = false;

  void constraint(int, const char* what, KoalaBear value) {
    if (!(value == KoalaBear(0))) broken.emplace_back(what);
  }
  void message(int sign, KoalaBear multiplicity, const ClearMessage& m) {
    if (multiplicity == KoalaBear(0)) return;
    if (!(multiplicity == KoalaBear(1))) odd_multiplicity = true;
    (sign > 0 ? uses : provided).push_back(m);
  }
};

Sink evaluate(const Row& row) {
  const KoalaBear* cells = reinterpret_cast<const KoalaBear*>(&row);
  const RowContext context{cells, cells, nullptr, false, false, 0, 0, 6};
  Sink sink;
  RowEvaluator<Generic, Sink> e(context, sink);
  Generic::evaluate(e);
  return sink;
}

/// The memory of one step as chips read it.
class StepImage {
 public:
  explicit StepImage(const OneStep& step) {
    cells_.assign(static_cast<std::size_t>(step.memory.rbegin()->first + 1), Cell{Cell::kHole});
    for (const auto& [address, value] : step.memory) {
      cells_[static_cast<std::size_t>(address)] = intern(value);
    }
    states_.push_back(step.state);
    image_.cells = cells_.data();
    image_.cell_end = static_cast<uint32_t>(cells_.size());
    image_.big = big_.data();
    image_.big_count = static_cast<uint32_t>(big_.size());
    image_.states = states_.data();
  }

  const Image& image() const { return image_; }
  Cell cell(uint32_t address) const {
    return address < cells_.size() ? cells_[address] : Cell{Cell::kHole};
  }
  Row honest_row() const { return Generic::fill(image_, Counts{}, Part{0, 6, 0, 1, 0, 0}, 0); }

 private:
  Cell intern(const Felt& x) {
    const auto immediate = one_step::small(x);
    if (immediate) return Cell{static_cast<uint32_t>(*immediate + Cell::kBias)};
    const auto place = std::find(big_.begin(), big_.end(), x) - big_.begin();
    if (place == static_cast<std::ptrdiff_t>(big_.size())) big_.push_back(x);
    return Cell{Cell::kBig | static_cast<uint32_t>(place)};
  }

  std::vector<Cell> cells_;
  std::vector<Felt> big_;
  std::vector<State> states_;
  Image image_{};
};

bool in_range(KoalaBear x, int bits) { return x.canonical() < (1u << bits); }

/// Whether tables hold all that the row uses. `next` is what the rest of the run wants.
bool heard(const Sink& sink, const StepImage& memory, const OneStep& step, const WideState& next) {
  if (sink.odd_multiplicity || sink.provided.size() != 1) return false;
  const auto is = [](const ClearMessage& m, std::initializer_list<int64_t> list) {
    int i = 0;
    for (int64_t x : list) {
      if (i >= m.length || !(m.coordinate[i++] == KoalaBear(x))) return false;
    }
    return i == m.length;
  };
  const State& s = step.state;
  if (!is(sink.provided[0], {s.pc, s.ap, s.fp})) return false;
  for (const ClearMessage& m : sink.uses) {
    const auto at = [&](int i) { return m.coordinate[i].canonical(); };
    switch (m.bus) {
      case Bus::kState:
        if (!is(m, {next.pc, next.ap, next.fp})) return false;
        break;
      case Bus::kInstruction: {
        const Felt word = step.memory.at(s.pc);
        if (!is(m, {s.pc, word.bits(0, 16), word.bits(16, 16), word.bits(32, 16), word.bits(48, 6),
                    word.bits(54, 9), 0})) {
          return false;
        }
        break;
      }
      case Bus::kMemory: {
        const Cell cell = memory.cell(at(0));
        if (cell.hole() || cell.kappa() != at(1) || cell.payload() != at(2)) return false;
        break;
      }
      case Bus::kValue9: {
        const Image& image = memory.image();
        if (at(0) == 1 ? at(1) >= image.big_count : at(0) != 0 || at(1) >= 2u * Cell::kBias) {
          return false;
        }
        const Felt value = image.value(Cell{at(0) << 31 | at(1)});
        for (int i = 0; i < kLimbs9; ++i) {
          if (at(2 + i) != value.limb9(i)) return false;
        }
        break;
      }
      case Bus::kRange:
        if (!in_range(m.coordinate[1], static_cast<int>(at(0)))) return false;
        break;
      default:
        return false;
    }
  }
  return true;
}

/// Whether any row at all takes the step's state to `next`. Memory, instruction and next state fix
/// most cells; the others are solved for or tried.
bool provable(const OneStep& step, const StepImage& memory, const WideState& next) {
  const Instruction in = Instruction::decode(step.memory.at(step.state.pc));
  const State& s = step.state;
  const auto flag = [&](Flag f) { return in.flag(f) != 0; };
  Row row{};
  row.r = {1, s.pc, s.ap, s.fp};
  for (int i = 0; i < Generic::kFlags; ++i) row.flag[i] = in.flag(static_cast<Flag>(i));
  row.offset = {in.o0, in.o1, in.o2};
  const auto word = [&](int64_t address, Word<KoalaBear>& w) {
    const Cell cell = memory.cell(static_cast<uint32_t>(address));
    w = {cell.kappa(), cell.payload()};
    return cell;
  };
  const int64_t dst_address = int64_t{flag(kDstFp) ? s.fp : s.ap} + in.o0;
  const int64_t op0_address = int64_t{flag(kOp0Fp) ? s.fp : s.ap} + in.o1;
  const Cell dst = word(dst_address, row.dst);
  const Cell op0 = word(op0_address, row.op0);
  int64_t op1_address = int64_t{flag(kOp1Imm) ? s.pc : flag(kOp1Fp) ? s.fp : s.ap} + in.o2;
  if (!flag(kOp1Imm) && !flag(kOp1Fp) && !flag(kOp1Ap)) op1_address = op0.value() + in.o2;
  const Cell op1 = word(op1_address, row.op1);
  if (dst.hole() || op0.hole() || op1.hole()) return false;
  row.address = {dst_address, op0_address, op1_address};
  row.op0_limb = limbs9_of<kLimbs9>(memory.image().value(op0));
  row.op1_limb = limbs9_of<kLimbs9>(memory.image().value(op1));
  row.next_pc = next.pc;
  row.next_ap = next.ap;
  row.next_fp = next.fp;
  row.next_ap_high = row.next_ap.canonical() >> Generic::kHalfBits;

  const auto immediate = [](int64_t x) { return Cell{static_cast<uint32_t>(x + Cell::kBias)}; };
  const Cell results[] = {dst,
                          op1,
                          immediate(0),
                          immediate(next.pc),
                          immediate(next.pc - s.pc),
                          immediate(next.ap - s.ap)};
  for (int taken = 0; taken < (flag(kJnz) ? 2 : 1); ++taken) {
    const bool used =
        taken != 0 || flag(kJumpAbs) || flag(kJumpRel) || flag(kApAdd) || flag(kAssertEq);
    row.taken = taken;
    row.inverse = 0;
    if (taken != 0 && dst.kappa() == 0 && dst.value() != 0) {
      row.inverse = KoalaBear(dst.value()).inverse();
    }
    row.multiplies = used && flag(kResMul) ? 1 : 0;
    row.copies = used && !flag(kResMul) ? 1 : 0;
    for (const Cell* choice = results; choice != std::end(results); ++choice) {
      const Cell res = *choice;
      const auto same = [&](const Cell& other) { return other.bits == res.bits; };
      if (res.hole() || std::any_of(std::begin(results), choice, same)) continue;
      row.res = {res.kappa(), res.payload()};
      row.res_limb = limbs9_of<kLimbs9>(memory.image().value(res));
      Array<KoalaBear, kLimbs9> a, rest;
      for (int i = 0; i < kLimbs9; ++i) {
        a[i] = row.multiplies * row.op0_limb[i];
        rest[i] =
            row.res_limb[i] - row.copies * (row.op1_limb[i] + row.flag[kResAdd] * row.op0_limb[i]);
      }
      row.witness = forced_witness(folded_product<KoalaBear>(a, row.op1_limb, rest));
      const Sink sink = evaluate(row);
      if (sink.broken.empty() && heard(sink, memory, step, next)) return true;
    }
  }
  return false;
}

std::string text(uint32_t flags, int pattern, uint32_t choice) {
  return "flags " + std::to_string(flags) + " offsets " + std::to_string(pattern) + " choice " +
         std::to_string(choice);
}

/// Of the patterns of offsets, those tried of each shape where a single choice of operands is.
constexpr uint32_t kOneInSo = kSanitized ? 5 : 2;

/// Calls f(step, text) for steps of every legal shape.
template <class F>
void for_steps(uint32_t choices, F f) {
  for (uint32_t flags = 0; flags < one_step::kFlagWords; ++flags) {
    if (!one_step::legal_flags(flags)) continue;
    for (int pattern = 0; pattern < one_step::kOffsetPatterns; ++pattern) {
      if (choices == 1 && (flags + static_cast<uint32_t>(pattern)) % kOneInSo != 0) continue;
      for (uint32_t choice = 0; choice < choices; ++choice) {
        // Other operands for other shapes, all in turn.
        const uint32_t turn = choice + flags * 3 + static_cast<uint32_t>(pattern);
        const auto step = one_step::make_step(flags, pattern, turn);
        if (step) f(flags, *step, text(flags, pattern, turn));
      }
    }
  }
}

TEST(Generic, HonestRowsHoldForEveryLegalShape) {
  std::map<uint32_t, int> done;
  for_steps(5, [&](uint32_t flags, const OneStep& step, const std::string& where) {
    const auto next = one_step::execute(step);
    if (!next) return;
    const StepImage memory(step);

    const Sink sink = evaluate(memory.honest_row());

    ASSERT_TRUE(sink.broken.empty()) << where << ": " << sink.broken[0];
    ASSERT_TRUE(heard(sink, memory, step, *next)) << where;
    ASSERT_EQ(sink.uses.size(), 38u);
    ++done[flags];
  });
  EXPECT_EQ(done.size(), 1472u);
  for (const auto& [flags, cases] : done) EXPECT_GE(cases, 4) << flags;
}

TEST(Generic, ProvesWhereTheMachineStepsAndNothingElse) {
  uint64_t held = 0, refused = 0;
  for_steps(1, [&](uint32_t, const OneStep& step, const std::string& where) {
    const auto first = one_step::execute(step);
    const Instruction in = Instruction::decode(step.memory.at(step.state.pc));
    std::vector<OneStep> worlds = {step};
    for (const auto& [address, value] : step.memory) {  // one cell spoiled: dst, op0, op1
      if (address == step.state.pc) continue;
      for (const Felt& other : {naive::add(value, naive::felt(1)), naive::felt(0)}) {
        if (other == value) continue;
        worlds.push_back(step);
        worlds.back().memory[address] = other;
      }
      worlds.push_back(step);
      worlds.back().memory.erase(address);
    }
    for (std::size_t w = 0; w < worlds.size(); ++w) {
      const StepImage memory(worlds[w]);
      const auto next = one_step::execute(worlds[w]);
      const int64_t pc = step.state.pc, ap = step.state.ap, fp = step.state.fp;
      std::vector<WideState> claims = {{pc + 1, ap, fp}, {pc + 2, ap, fp}};
      if (first) claims.push_back(*first);
      if (next) claims.push_back(*next);
      if (next && w == 0) {
        for (int64_t d : {-1, 1, 2, 1 << 27}) {
          claims.push_back({next->pc + d, next->ap, next->fp});
          claims.push_back({next->pc, next->ap + d, next->fp});
          claims.push_back({next->pc, next->ap, next->fp + d});
        }
        claims.push_back({pc + in.flag(kOp1Imm) + 1, next->ap, next->fp});
        claims.push_back({next->pc, next->ap, ap + 2});
        claims.push_back({next->pc, ap, next->fp});
        claims.push_back({next->pc + ap, next->ap, next->fp});
      }
      for (const WideState& claim : claims) {
        const bool holds = next && claim == *next;
        ASSERT_EQ(provable(worlds[w], memory, claim), holds)
            << where << " world " << w << ": " << claim.pc << " " << claim.ap << " " << claim.fp;
        ++(holds ? held : refused);
      }
    }
  });
  EXPECT_GT(held, 20'000u / kOneInSo);
  EXPECT_GT(refused, 200'000u / kOneInSo);
}

TEST(Generic, RefusesIllegalFlags) {
  const std::set<std::string> rules = {
      "one source of op1",      "one kind of res", "one kind of jump",
      "one move of ap",         "one opcode",      "jnz goes with nothing but ap++",
      "call moves ap by itself"};
  int legal = 0;
  for (uint32_t flags = 0; flags < one_step::kFlagWords; ++flags) {
    Row row{};
    row.r.en = 1;
    for (int i = 0; i < Generic::kFlags; ++i) row.flag[i] = (flags >> i) & 1;

    const Sink sink = evaluate(row);
    const bool refused = std::any_of(sink.broken.begin(), sink.broken.end(),
                                     [&](const std::string& b) { return rules.count(b) != 0; });

    ASSERT_EQ(refused, !one_step::legal_flags(flags)) << flags;
    legal += refused ? 0 : 1;
  }
  EXPECT_EQ(legal, 1472);
}

TEST(Generic, RefusesFlagsThatAreNoBits) {
  // f5 and f6 as the word has them, made of other numbers.
  Row row{};
  for (int i = 0; i < Generic::kFlags; ++i) {
    row.flag[i] = 2;
    const Sink sink = evaluate(row);
    EXPECT_NE(std::find(sink.broken.begin(), sink.broken.end(), "flag is boolean"),
              sink.broken.end());
    row.flag[i] = 0;
  }
}

TEST(Generic, WantsAnImmediateBehindItsInstruction) {
  for (const int offset : {0, 1, 2, -1}) {
    Row row{};
    row.r.en = 1;
    row.flag[kOp1Imm] = 1;
    row.offset[2] = offset;
    const Sink sink = evaluate(row);
    const bool refused = std::find(sink.broken.begin(), sink.broken.end(),
                                   "an immediate lies at pc + 1") != sink.broken.end();
    EXPECT_EQ(refused, offset != 1);
  }
}

TEST(Generic, PaddedRowsAreZeroAndSilent) {
  const Sink sink = evaluate(Row{});
  EXPECT_TRUE(sink.broken.empty());
  EXPECT_TRUE(sink.uses.empty());
  EXPECT_TRUE(sink.provided.empty());
}

TEST(Generic, IdentityDoesNotWrap) {
  IntervalEvaluator<Generic::Columns> e;
  for (int i = 0; i < Generic::kFlags; ++i) e.cells.flag[i] = {0, 1};
  for (auto* limbs : {&e.cells.op0_limb, &e.cells.op1_limb, &e.cells.res_limb}) {
    set_all(*limbs, Interval{0, 511});
  }
  e.cells.multiplies = e.cells.copies = Interval{0, 1};
  const Interval carry{-kProductCarryBias, (1 << kProductCarryBits) - 1 - kProductCarryBias};
  e.cells.witness.k = carry;
  set_all(e.cells.witness.carry, carry);
  e.name = "folded product is k P";

  Generic::evaluate(e);

  constexpr int64_t kModulus = KoalaBear::kModulus;
  EXPECT_GT(e.widest.high, int64_t{1} << 27);  // the constraints of that name were seen
  EXPECT_TRUE(e.widest.inside(-kModulus + 1, kModulus - 1)) << e.widest.low << " " << e.widest.high;
}

TEST(Generic, WitnessOfASumFitsItsLookup) {
  // Products are those of MUL_B (bounds_test.cpp).
  Array<Interval, kLimbs9> none, rest;
  set_all(none, Interval{0, 0});
  set_all(rest, Interval{-2 * 511, 511});

  const ProductWitness<Interval> w = honest_witness(folded_product<Interval>(none, none, rest));

  constexpr int64_t kEnd = (1 << kProductCarryBits) - kProductCarryBias;
  EXPECT_TRUE(w.k.inside(-kProductCarryBias, kEnd - 1));
  for (int i = 0; i < kLimbs9 - 1; ++i) {
    EXPECT_TRUE(w.carry[i].inside(-kProductCarryBias, kEnd - 1)) << i;
  }
}

TEST(Generic, HasTheShapeItsTextStates) {
  EXPECT_EQ(kShape<Generic>.columns, 153);
  EXPECT_EQ(kShape<Generic>.fractions, 39);
  EXPECT_EQ(kShape<Generic>.cells(), 253);
  EXPECT_EQ(kShape<Generic>.degree, 3);
}

}  // namespace
}  // namespace cairn
