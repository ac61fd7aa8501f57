// The poseidon builtin's chips together: honest instances hold and balance, and nothing that a
// prover may choose can be chosen otherwise.
#include "air/chips/poseidon.hpp"

#include <functional>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "air/chips/poseidon_full.hpp"
#include "air/chips/poseidon_partial.hpp"
#include "air/chips/poseidon_rounds.hpp"
#include "core/poseidon252.hpp"
#include "tests/air/hand_made_image.hpp"
#include "tests/support/random.hpp"

namespace cairn {
namespace {

using hand_made::Cells;
using hand_made::Evaluation;
using hand_made::HandMadeImage;
using hand_made::Said;

std::vector<Felt> instance(const Felt& a, const Felt& b, const Felt& c) {
  Felt state[3] = {a, b, c};
  poseidon252(state);
  return {a, b, c, state[0], state[1], state[2]};
}

/// Edges, and an instance out of the public PIE simulated_builtins.zip.
std::vector<Felt> instances() {
  Random random(1);
  const Felt largest{{0, 0, 0, kCairoPrime.word[3]}};  // P - 1
  std::vector<Felt> values;
  const auto add = [&values](const std::vector<Felt>& cells) {
    values.insert(values.end(), cells.begin(), cells.end());
  };
  add(instance({}, {}, {}));
  add(instance(largest, largest, largest));
  add(instance(random.felt(), random.felt(), random.felt()));
  for (const char* text : {"0x75568ac8c9f30770e970cafe50d576c7d09583787e7e45bbc623184649e2fd2",
                           "0x63b314c2d9ab558f859f2154d49f8f3b53ffd40648d32da7ac2c4452142f80b",
                           "0x3fb99bface31e9679040b08bced1d1bf43cd4b0fc1e3b881e850da1e9579fb2",
                           "0x317b86e4fe093af300188d986df2c0edb0dd18156d3e6dbe7a07da274639a5d",
                           "0x26c8d36122a2bc6ac61ad35c92df433b54cf7d481b05a2b1825da32d040f283",
                           "0x33c13eb62b929dee4081139a99762c09abd9b1318704fe8a02d76d33fac821b"}) {
    values.push_back(parse_felt(text));
  }
  return values;
}

std::vector<Felt> work_of(const HandMadeImage& memory) {
  const AddressRange range = memory.image().builtin[static_cast<int>(Builtin::kPoseidon)];
  std::vector<Felt> work;
  for (uint32_t address = range.begin; address < range.end; address += kPoseidonCells) {
    work.resize(work.size() + Poseidon::kWorkFelts);
    Poseidon::make_work(memory.image(), address, &work[work.size() - Poseidon::kWorkFelts]);
  }
  return work;
}

/// What POSEIDON_ROUNDS provides.
const std::set<std::vector<uint32_t>>& round_table() {
  static const auto table = [] {
    std::set<std::vector<uint32_t>> result;
    for (uint32_t row = 0; row < 1u << PoseidonRounds::kLogHeight; ++row) {
      std::vector<uint32_t> message{static_cast<uint32_t>(Bus::kPoseidonRound)};
      for (int column = 0; column < kShape<PoseidonRounds>.fixed; ++column) {
        message.push_back(
            PoseidonRounds::fixed(column, row, PoseidonRounds::kLogHeight).canonical());
      }
      while (message.back() == 0) message.pop_back();
      result.insert(message);
    }
    return result;
  }();
  return table;
}

/// A job of poseidon instances alone.
class Job {
 public:
  explicit Job(const std::vector<Felt>& values) : memory_(values) {
    memory_.set_builtin(Builtin::kPoseidon);
    memory_.set_work(Builtin::kPoseidon, work_of(memory_));
    const uint32_t end = memory_.image().cell_end;
    openers_ = {0, 6, 0, (end - 1) / kPoseidonCells, 1, end};
    full_ = {0, 6, 0, static_cast<uint32_t>(PoseidonFull::call_count(image())), 0, 0};
    partial_ = {0, 7, 0, static_cast<uint32_t>(PoseidonPartial::call_count(image())), 0, 0};
  }
  HandMadeImage& memory() { return memory_; }
  const Image& image() const { return memory_.image(); }

  template <class Chip>
  const Part& part() const {
    if constexpr (std::is_same_v<Chip, Poseidon>) return openers_;
    if constexpr (std::is_same_v<Chip, PoseidonFull>) return full_;
    return partial_;
  }
  template <class Chip>
  Cells fill(uint32_t row) const {
    return hand_made::cells_of<Chip>(Chip::fill(image(), Counts{}, part<Chip>(), row));
  }
  template <class Chip>
  Evaluation evaluate(uint32_t row, const Cells& cells) const {
    const uint32_t next = (row + 1) % part<Chip>().height();
    return hand_made::evaluate<Chip>(part<Chip>(), row, cells, fill<Chip>(next));
  }
  /// Whether the row holds by itself and what it takes from memory and tables is there.
  bool holds(const Evaluation& e) const {
    if (!hand_made::locally_valid(e) || !memory_.holds(e)) return false;
    return std::all_of(e.terms.begin(), e.terms.end(), [](const hand_made::Term& t) {
      return t.message.bus != Bus::kPoseidonRound ||
             round_table().contains(hand_made::plain(t.message));
    });
  }
  /// Whether all rows hold and their chains balance; `change` may replace rows by others.
  using Change = std::function<void(const char* chip, uint32_t row, Cells& cells)>;
  bool accepts(const Change& change = {}) const {
    Said chains;
    return add_rows<Poseidon>(chains, change) && add_rows<PoseidonFull>(chains, change) &&
           add_rows<PoseidonPartial>(chains, change) && chains.empty();
  }

 private:
  template <class Chip>
  bool add_rows(Said& chains, const Change& change) const {
    for (uint32_t row = 0; row < part<Chip>().count; ++row) {
      Cells cells = fill<Chip>(row);
      if (change) change(Chip::kName, row, cells);
      Evaluation e = evaluate<Chip>(row, cells);
      if (!holds(e)) return false;
      std::erase_if(e.terms, [](const auto& t) { return t.message.bus != Bus::kChain; });
      hand_made::listen(chains, e);
    }
    return true;
  }

  HandMadeImage memory_;
  Part openers_, full_, partial_;
};

TEST(Poseidon, CostsWhatTheHeadersSay) {
  EXPECT_EQ(kShape<Poseidon>.cells(), 1330);
  EXPECT_EQ(kShape<PoseidonFull>.cells(), 1105);
  EXPECT_EQ(kShape<PoseidonPartial>.cells(), 1512);
  const int instance = kShape<Poseidon>.cells() + kPoseidonFullRows * kShape<PoseidonFull>.cells() +
                       kPoseidonPartialRows * kShape<PoseidonPartial>.cells();
  EXPECT_EQ(instance, 40817);
  for (const Shape& shape : {kShape<Poseidon>, kShape<PoseidonFull>, kShape<PoseidonPartial>}) {
    EXPECT_LE(shape.degree, 3);
    EXPECT_LE(shape.message, kMaxMessage);
  }
}

TEST(Poseidon, ConstantsOfTheOpenerAreThoseOfTheKeys) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Poseidon::first_key(i), hades_key(0, i).integer());
  Felt252 w(uint64_t{0}), b(uint64_t{0});  // what keys alone make of w and b
  for (int round = 4; round <= 87; ++round) {
    const Felt252 u = hades_key(round, 0), v = hades_key(round, 1), x = hades_key(round, 2);
    const Felt252 next_w = w + w + w + w + b + u + v + x;
    b = u - v - v - v - x - b;
    w = next_w;
  }
  EXPECT_EQ(Poseidon::last_constant(0), (b + w + w + w).integer());
  EXPECT_EQ(Poseidon::last_constant(1), (w - b).integer());
}

TEST(Poseidon, HonestInstancesHoldAndBalance) {
  const Job job(instances());
  EXPECT_TRUE(job.accepts());
  for (uint32_t row = 0; row < job.part<Poseidon>().count; ++row) {
    const Evaluation e = job.evaluate<Poseidon>(row, job.fill<Poseidon>(row));
    EXPECT_THAT(e.broken, testing::IsEmpty()) << row;
    EXPECT_TRUE(job.holds(e)) << row;
  }
  for (uint32_t row = 0; row < job.part<PoseidonFull>().count; ++row) {
    const Evaluation e = job.evaluate<PoseidonFull>(row, job.fill<PoseidonFull>(row));
    EXPECT_THAT(e.broken, testing::IsEmpty()) << row;
    EXPECT_TRUE(job.holds(e)) << row;
  }
  for (uint32_t row = 0; row < job.part<PoseidonPartial>().count; ++row) {
    const Evaluation e = job.evaluate<PoseidonPartial>(row, job.fill<PoseidonPartial>(row));
    EXPECT_THAT(e.broken, testing::IsEmpty()) << row;
    EXPECT_TRUE(job.holds(e)) << row;
  }
}

template <class Chip>
void expect_silent_padding(const Job& job) {
  for (uint32_t row = job.part<Chip>().count; row < job.part<Chip>().height(); ++row) {
    const Evaluation e = job.evaluate<Chip>(row, job.fill<Chip>(row));
    EXPECT_THAT(e.broken, testing::IsEmpty()) << Chip::kName << row;
    EXPECT_TRUE(e.terms.empty()) << Chip::kName << row;
  }
}

TEST(Poseidon, PaddingIsSilent) {
  const Job job(instances());
  expect_silent_padding<Poseidon>(job);
  expect_silent_padding<PoseidonFull>(job);
  expect_silent_padding<PoseidonPartial>(job);
}

/// No cell of a real row changes alone: a constraint breaks, a lookup fails, or another row hears
/// something else.
template <class Chip>
void expect_bound_cells(const Job& job, const std::vector<uint32_t>& rows) {
  Random random(2);
  for (const uint32_t row : rows) {
    const Cells honest = job.fill<Chip>(row);
    const Said before = hand_made::said(job.evaluate<Chip>(row, honest));
    const Cells other = job.fill<Chip>((row + 1) % job.part<Chip>().count);
    for (size_t i = 0; i < honest.size(); ++i) {
      for (const KoalaBear value : {honest[i] + 1, KoalaBear(0), other[i], random.koala_bear()}) {
        if (value == honest[i]) continue;
        Cells changed = honest;
        changed[i] = value;
        const Evaluation e = job.evaluate<Chip>(row, changed);
        EXPECT_FALSE(job.holds(e) && hand_made::said(e) == before)
            << Chip::kName << " row " << row << " column " << i;
      }
    }
  }
}

TEST(Poseidon, NoCellChangesAlone) {
  const Job job(instances());
  expect_bound_cells<Poseidon>(job, {3});
  expect_bound_cells<PoseidonFull>(job, {2, 6});
  expect_bound_cells<PoseidonPartial>(job, {0, 41});
}

TEST(Poseidon, EveryValueOfTheWitnessIsTheOnlyOne) {
  // The rows follow the work, with all their own constraints repaired: a wrong value in it must
  // still be refused, by a table's constant or by a message that nobody takes.
  for (uint32_t i = 0; i < Poseidon::kWorkFelts; i += 3) {
    Job job(instance({{1, 0, 0, 0}}, {{2, 0, 0, 0}}, {{3, 0, 0, 0}}));
    std::vector<Felt> changed = work_of(job.memory());
    changed[i] = (Felt252(changed[i]) + Felt252(uint64_t{1} << 20)).integer();
    job.memory().set_work(Builtin::kPoseidon, changed);
    EXPECT_FALSE(job.accepts()) << i;
  }
}

TEST(Poseidon, RefusesWrongOutputs) {
  const std::vector<Felt> good = instances();
  for (uint32_t cell : {3u, 4u, 5u, 9u, 23u}) {
    std::vector<Felt> bad = good;
    bad[cell] = (Felt252(bad[cell]) + Felt252(uint64_t{1})).integer();
    EXPECT_FALSE(Job(bad).accepts()) << cell;
  }
  std::vector<Felt> swapped = good;  // the outputs of two instances
  for (int i = 3; i < 6; ++i) std::swap(swapped[i], swapped[i + 6]);
  EXPECT_FALSE(Job(swapped).accepts());
  swapped = good;
  std::swap(swapped[3], swapped[4]);  // two elements of one
  EXPECT_FALSE(Job(swapped).accepts());
}

TEST(Poseidon, RefusesOtherRows) {
  const Job job(instances());
  ASSERT_TRUE(job.accepts());
  const auto drop = [](const char* chip, uint32_t row) {
    return [=](const char* name, uint32_t r, Cells& cells) {
      if (std::string(name) == chip && r == row) std::fill(cells.begin(), cells.end(), 0);
    };
  };
  EXPECT_FALSE(job.accepts(drop("POSEIDON_FULL", 0)));
  EXPECT_FALSE(job.accepts(drop("POSEIDON_PARTIAL", 33)));
  EXPECT_FALSE(job.accepts(drop("POSEIDON", 3)));
  // A row of another instance in the place of one's own, and two steps exchanged.
  const auto set = [](const char* chip, uint32_t row, size_t column, uint32_t value) {
    return [=](const char* name, uint32_t r, Cells& cells) {
      if (std::string(name) == chip && r == row) cells[column] = value;
    };
  };
  EXPECT_FALSE(job.accepts(set("POSEIDON_FULL", 0, 1, 7)));
  EXPECT_FALSE(job.accepts(set("POSEIDON_FULL", 0, 2, 1)));
  EXPECT_FALSE(job.accepts(set("POSEIDON_PARTIAL", 5, 2, 8)));
}

TEST(Poseidon, StepsOfTheTwoChipsAreApart) {
  int full = 0, partial = 0;
  for (uint32_t step = 0; step < 1u << PoseidonRounds::kLogHeight; ++step) {
    full += PoseidonRounds::step_kind(step) == static_cast<int>(PoseidonStep::kFull);
    partial += PoseidonRounds::step_kind(step) == static_cast<int>(PoseidonStep::kPartial);
  }
  EXPECT_EQ(full, kPoseidonFullRows);
  EXPECT_EQ(partial, kPoseidonPartialRows);
}

TEST(Poseidon, AgreesWithThePlainPermutation) {
  Random random(5);
  for (int i = 0; i < 20; ++i) {
    const std::vector<Felt> cells = instance(random.felt(), random.felt(), random.felt());
    HandMadeImage memory(cells);
    memory.set_builtin(Builtin::kPoseidon);
    const std::vector<Felt> work = work_of(memory);
    for (int j = 0; j < 3; ++j) {
      EXPECT_EQ(work[PoseidonWork::kStates + 3 * (kPoseidonFullRows + 1) + j], cells[3 + j]);
    }
  }
}

}  // namespace
}  // namespace cairn
