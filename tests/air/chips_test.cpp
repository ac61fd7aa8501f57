// Every chip of the list: honest rows satisfy it, padded rows are silent, and no cell of a real row
// can be changed alone without a broken constraint or another message, but for the cells listed
// here.
#include <algorithm>
#include <cstddef>
#include <functional>
#include <iterator>
#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "air/bus_balance.hpp"
#include "air/check.hpp"
#include "air/count_layout.hpp"
#include "air/public_terms.hpp"
#include "tests/air/every_opcode.hpp"
#include "tests/air/row_tools.hpp"
#include "tests/support/random.hpp"

namespace cairn {
namespace {

/// The run of every opcode with its parts and the counts of all uses.
class Chips : public testing::Test {
 protected:
  Chips() : run_(every_opcode()), parts_(whole_parts(run_.image())), store_(run_.image()) {
    const Counts counts = store_.view();
    UseCounter<PlainAdd> counter(run_.image(), counts);
    for (const Part& part : parts_) {
      for (uint32_t row = 0; row < part.height(); ++row) {
        for (const Term& t : evaluate(fill_row(run_.image(), Counts{}, part, row)).terms) {
          counter.message(t.sign, t.multiplicity, t.message);
        }
      }
    }
    for (const Part& part : parts_) {
      if (kind(part) == Kind::kOpcode) continue;
      for (uint32_t row = 0; row < part.height(); ++row) {
        for (const Term& t : evaluate(fill_row(run_.image(), counts, part, row)).terms) {
          if (t.sign < 0) tables_.add(+1, KoalaBear(1), t.message);
        }
      }
    }
    EXPECT_FALSE(counter.unprovided());
    EXPECT_TRUE(count_public_uses<PlainAdd>(run_.statement(), run_.image(), counts));
  }

  static Kind kind(const Part& part) {
    return with_chip(part.chip, []<class Chip>() { return Chip::kKind; });
  }
  static std::string name(uint32_t chip) {
    return with_chip(chip, []<class Chip>() { return std::string(Chip::kName); });
  }
  FilledRow fill(const Part& part, uint32_t row) {
    return fill_row(run_.image(), store_.view(), part, row);
  }
  /// Whether the row's messages alone betray the change.
  bool sounds_wrong(const Evaluation& before, const Evaluation& after) const {
    const auto fixed = [](const Term& t) { return t.sign < 0 || t.message.bus == Bus::kState; };
    std::vector<Term> old_fixed, new_fixed;
    std::copy_if(before.terms.begin(), before.terms.end(), std::back_inserter(old_fixed), fixed);
    std::copy_if(after.terms.begin(), after.terms.end(), std::back_inserter(new_fixed), fixed);
    if (!same_terms(old_fixed, new_fixed)) return true;
    return std::any_of(after.terms.begin(), after.terms.end(), [&](const Term& t) {
      return t.use() && t.message.bus != Bus::kState &&
             tables_.balance(MessageKey::of(t.message)) == KoalaBear(0);
    });
  }
  /// Rows to change: those whose padding is not plainly silent or a copy.
  static uint32_t real_rows(const Part& part) {
    return kind(part) == Kind::kOpcode || kind(part) == Kind::kFree ? part.count : part.height();
  }
  /// Values to put in the place of `cell`: its neighbours, what stands there in other rows, any
  /// address.
  std::vector<KoalaBear> changed_values(const Part& part, KoalaBear cell, std::size_t column,
                                        Random& random) {
    std::vector<KoalaBear> values = {cell + 1,         cell - 1,           -cell, 0, 1, 2,
                                     cell + (1 << 20), random.koala_bear()};
    for (int i = 0; i < 8; ++i) {
      values.push_back(fill(part, random.below(real_rows(part))).main[column]);
      values.push_back(random.below(run_.image().cell_end));
    }
    std::erase(values, cell);
    return values;
  }
  /// All rows of small parts, some of large ones, both ends included.
  static std::vector<uint32_t> some_rows(uint32_t count) {
    std::vector<uint32_t> rows;
    const uint32_t step = count < 200 ? 1 : count / 50;
    for (uint32_t row = 0; row < count; row += step) rows.push_back(row);
    if (rows.back() != count - 1) rows.push_back(count - 1);
    return rows;
  }

  SmallRun run_;
  std::vector<Part> parts_;
  CountStore store_;
  BusBalance tables_;  // all messages that tables provide, whatever their multiplicity
};

TEST_F(Chips, HonestRowsSatisfyEveryConstraint) {
  for (const Part& part : parts_) {
    for (uint32_t row : some_rows(part.height())) {
      EXPECT_THAT(evaluate(fill(part, row)).broken, testing::IsEmpty())
          << name(part.chip) << " row " << row;
    }
  }
}

TEST_F(Chips, PaddedOpcodeRowsAreZeroAndSilent) {
  for (const Part& part : parts_) {
    if (kind(part) != Kind::kOpcode) continue;
    ASSERT_LT(part.count, part.height()) << name(part.chip);

    const FilledRow row = fill(part, part.count);
    const Evaluation result = evaluate(row);

    EXPECT_THAT(row.main, testing::Each(KoalaBear(0))) << name(part.chip);
    EXPECT_THAT(result.broken, testing::IsEmpty()) << name(part.chip);
    EXPECT_TRUE(same_terms(result.terms, {})) << name(part.chip);
  }
}

TEST_F(Chips, PaddedRowsOfListsProvideNothing) {
  for (const Part& part : parts_) {
    if (kind(part) != Kind::kFree) continue;
    for (uint32_t row = part.count; row < part.height(); ++row) {
      for (const Term& term : evaluate(fill(part, row)).terms) {
        EXPECT_EQ(term.multiplicity, KoalaBear(term.sign > 0 ? 1 : 0)) << name(part.chip);
      }
    }
  }
}

/// A cell that may be changed alone, and why that is no harm.
struct FreeCell {
  ChipId chip;
  std::size_t column;
  const char* reason;
  std::function<bool(const FilledRow&)> applies;
};

template <class Chip>
const typename Chip::template Columns<KoalaBear>& columns(const FilledRow& row) {
  return *reinterpret_cast<const typename Chip::template Columns<KoalaBear>*>(row.main.data());
}

std::vector<FreeCell> free_cells() {
  using MemoryColumns = Memory::Columns<KoalaBear>;
  using JnzColumns = JnzTaken::Columns<KoalaBear>;
  std::vector<FreeCell> result;
  for (int j = 0; j < Memory::kCellsPerRow; ++j) {
    const std::size_t word =
        (offsetof(MemoryColumns, word) + j * sizeof(MemoryColumns::Word)) / sizeof(KoalaBear);
    const auto big = [j](const FilledRow& row) {
      return columns<Memory>(row).word[j].kappa == KoalaBear(1);
    };
    result.push_back(
        {ChipId::kMemory, word + 2, "high: only an immediate's payload is range checked", big});
    const auto unread = [j](const FilledRow& row) {
      return columns<Memory>(row).word[j].multiplicity == KoalaBear(0);
    };
    result.push_back({ChipId::kMemory, word, "kappa: nobody reads this word", unread});
    result.push_back({ChipId::kMemory, word + 1, "payload: nobody reads this word", unread});
  }
  for (int column = kShape<RangeCheck128>.next; column < kShape<RangeCheck128>.columns; ++column) {
    result.push_back(
        {ChipId::kRangeCheck128, static_cast<std::size_t>(column),
         "all but address and en: a padded row says nothing",
         [](const FilledRow& row) { return columns<RangeCheck128>(row).en == KoalaBear(0); }});
  }
  result.push_back({ChipId::kJnzTaken, offsetof(JnzColumns, inverse) / sizeof(KoalaBear),
                    "inverse: the condition is row 0 of MID, not 0 by its kappa",
                    [](const FilledRow& row) {
                      const Word<KoalaBear>& w = columns<JnzTaken>(row).condition;
                      return w.kappa == KoalaBear(1) && w.payload == KoalaBear(Cell::kMid);
                    }});
  using GenericColumns = Generic::Columns<KoalaBear>;
  result.push_back({ChipId::kGeneric, offsetof(GenericColumns, inverse) / sizeof(KoalaBear),
                    "inverse: dst is 0, or row 0 of MID", [](const FilledRow& row) {
                      return columns<Generic>(row).dst.payload == KoalaBear(Cell::kBias);
                    }});
  return result;
}

bool is_free(const std::vector<FreeCell>& list, const FilledRow& row, std::size_t column) {
  for (const FreeCell& cell : list) {
    if (static_cast<uint32_t>(cell.chip) == row.chip && cell.column == column &&
        cell.applies(row)) {
      return true;
    }
  }
  return false;
}

TEST_F(Chips, NoCellMayBeChangedAlone) {
  const std::vector<FreeCell> list = free_cells();
  std::map<uint32_t, std::set<int>> alive;  // by chip: constraints that some change breaks
  Random random(1);
  for (const Part& part : parts_) {
    for (uint32_t r : some_rows(real_rows(part))) {
      const FilledRow honest = fill(part, r);
      const Evaluation before = evaluate(honest);
      FilledRow previous = fill(part, r == 0 ? part.height() - 1 : r - 1);
      for (std::size_t column = 0; column < honest.main.size(); ++column) {
        if (is_free(list, honest, column)) continue;
        for (const KoalaBear changed : changed_values(part, honest.main[column], column, random)) {
          FilledRow row = honest;
          row.main[column] = changed;
          previous.next = row.main;

          Evaluation after = evaluate(row);
          std::set<int> broken;
          for (const BrokenConstraint& b : after.broken) broken.insert(b.index);
          for (const BrokenConstraint& b : evaluate(previous).broken) broken.insert(b.index);
          const bool heard = sounds_wrong(before, after);

          EXPECT_TRUE(heard || !broken.empty())
              << name(part.chip) << " row " << r << " column " << column << ": "
              << honest.main[column].canonical() << " became " << changed.canonical();
          alive[part.chip].merge(broken);
        }
      }
    }
  }
  for_each_chip([&]<class Chip>() {
    // Builtins and Blake2s have tests of their own; the run uses few of them.
    const bool tested_elsewhere = Chip::kKind == Kind::kBuiltin || Chip::kKind == Kind::kCall ||
                                  Chip::kKind == Kind::kTable || kChipId<Chip> == ChipId::kBlake2s;
    if (tested_elsewhere && !alive.contains(static_cast<uint32_t>(kChipId<Chip>))) return;
    EXPECT_EQ(alive[static_cast<uint32_t>(kChipId<Chip>)].size(), kShape<Chip>.constraints)
        << Chip::kName << ": a constraint that no change breaks";
  });
}

TEST_F(Chips, FreeCellsAreFree) {
  for (const FreeCell& cell : free_cells()) {
    for (const Part& part : parts_) {
      if (part.chip != static_cast<uint32_t>(cell.chip)) continue;
      for (uint32_t r : some_rows(real_rows(part))) {
        FilledRow row = fill(part, r);
        if (!cell.applies(row)) continue;
        const Evaluation before = evaluate(row);
        row.main[cell.column] += KoalaBear(1);

        const Evaluation after = evaluate(row);
        EXPECT_THAT(after.broken, testing::IsEmpty()) << cell.reason;
        EXPECT_FALSE(sounds_wrong(before, after)) << cell.reason;
      }
    }
  }
}

TEST(Shape, EveryConstraintHasDegreeThreeAtMost) {
  for_each_chip([]<class Chip>() {
    EXPECT_LE(kShape<Chip>.degree, 3) << Chip::kName;
    EXPECT_LE(kShape<Chip>.message, kMaxMessage) << Chip::kName;
    EXPECT_EQ(kShape<Chip>.columns * sizeof(KoalaBear),
              sizeof(typename Chip::template Columns<KoalaBear>))
        << Chip::kName;
  });
}

TEST(Shape, AgreesWithTheDesign) {
  EXPECT_EQ(kShape<Aeq>.cells(), 28);
  EXPECT_EQ(kShape<AddBig>.cells(), 77);
  EXPECT_EQ(kShape<MulBig>.cells(), 228);
  EXPECT_EQ(kShape<Memory>.cells(), 47);
  EXPECT_EQ(kShape<BigValues>.cells(), 73);
  EXPECT_EQ(kShape<MulBig>.range_widths, 1u << kProductCarryBits);
  EXPECT_EQ(kShape<Memory>.range_widths, (1u << 15) | (1u << 14));
}

}  // namespace
}  // namespace cairn
