#include "segmenter/plan.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "segmenter/chip_facts.hpp"
#include "segmenter/part_cutter.hpp"
#include "tests/support/random.hpp"

namespace cairn {
namespace {

uint32_t id(ChipId chip) { return static_cast<uint32_t>(chip); }

/// About what 2^20 steps of a Fibonacci program have.
JobRows fibonacci_rows() {
  JobRows job;
  for (const ChipId chip : {ChipId::kAeq, ChipId::kAddSmall, ChipId::kAddBig, ChipId::kJnzTaken,
                            ChipId::kCallRelative, ChipId::kReturn}) {
    job.calls[id(chip)] = 174'750;
  }
  job.calls[id(ChipId::kAeqImmediate)] = 3;
  job.calls[id(ChipId::kInstructionTable)] = 26;
  job.calls[id(ChipId::kImmediateValues)] = 2;
  job.calls[id(ChipId::kMemory)] = 218'453;
  job.calls[id(ChipId::kBigValues)] = 174'554;
  job.calls[id(ChipId::kMidValues)] = 173;
  return job;
}

JobRows random_rows(Random& random) {
  JobRows job;
  for (uint32_t chip = 0; chip < kChipCount; ++chip) {
    if (kChipFacts[chip].kind == Kind::kTable) continue;
    if (random.below(4) == 0) continue;
    // No more of wide chips than one job can hold.
    const uint64_t cells = uint64_t{kChipFacts[chip].cells} * kChipFacts[chip].rows_per_call;
    job.calls[chip] =
        random.below(uint64_t{1} << random.below(18)) * 32 / std::max<uint64_t>(cells, 32) + 1;
    job.begin[chip] = static_cast<uint32_t>(random.below(1000)) + 1;
  }
  return job;
}

void expect_sound(const JobRows& job, const std::vector<Bundle>& bundles) {
  std::array<uint64_t, kChipCount> covered{};
  uint32_t needed = 0;
  uint32_t tables = 0;
  bool later_wave = false;
  for (const Bundle& bundle : bundles) {
    ASSERT_FALSE(bundle.empty());
    EXPECT_LE(later_wave, reads_counts(bundle)) << "wave 0 comes first";
    later_wave = reads_counts(bundle);
    for (const Part& part : bundle) {
      const ChipFacts& facts = kChipFacts[part.chip];
      EXPECT_EQ(facts.reads_counts, reads_counts(bundle));
      EXPECT_GE(part.log_height, kMinLogHeight);
      EXPECT_LE(part.log_height, kMaxLogHeight);
      EXPECT_GT(part.count, 0u);
      EXPECT_LE(part.count, part.height());
      needed |=
          with_chip(part.chip, []<class Chip>() { return uint32_t{kShape<Chip>.range_widths}; });
      if (facts.kind == Kind::kTable) {
        EXPECT_EQ(part.range_end, 0u);
        if (part.chip == id(ChipId::kRangeTable)) {
          EXPECT_EQ(tables >> part.log_height & 1, 0u) << "one table a width";
          tables |= 1u << part.log_height;
        }
        continue;
      }
      EXPECT_EQ(part.first, covered[part.chip]) << facts.name;
      covered[part.chip] += part.count;
      if (facts.kind == Kind::kRange) {
        EXPECT_EQ(part.range_begin, part.first);
        EXPECT_EQ(part.range_end, part.first + part.height());
      } else if (facts.kind == Kind::kBuiltin) {
        const uint32_t cells = with_chip(part.chip, []<class Chip>() {
          if constexpr (requires { Chip::kCellsPerRow; }) return uint32_t{Chip::kCellsPerRow};
          return uint32_t{0};
        });
        EXPECT_EQ(part.range_begin, job.begin[part.chip] + part.first * cells);
        EXPECT_EQ(part.range_end, part.range_begin + part.count * cells);
      } else {
        EXPECT_EQ(part.range_begin, 0u);
        EXPECT_EQ(part.range_end, 0u);
      }
    }
  }
  EXPECT_EQ(covered, job.calls);
  EXPECT_EQ(tables, needed);
}

bool same(const std::vector<Bundle>& a, const std::vector<Bundle>& b) {
  const auto same_part = [](const Part& x, const Part& y) {
    return x.chip == y.chip && x.log_height == y.log_height && x.first == y.first &&
           x.count == y.count && x.range_begin == y.range_begin && x.range_end == y.range_end;
  };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](const Bundle& x, const Bundle& y) {
    return std::equal(x.begin(), x.end(), y.begin(), y.end(), same_part);
  });
}

TEST(Plan, CoversEveryRowOnce) {
  Random random(7);
  for (int i = 0; i < 200; ++i) {
    const JobRows job = random_rows(random);
    PlanOptions options;
    options.target_bundles = 1 + static_cast<uint32_t>(random.below(20));
    options.min_bundle_cells = 1 + random.below(3'000'000);
    const std::vector<Bundle> plan = make_plan(job, options);
    expect_sound(job, plan);
    EXPECT_TRUE(same(plan, make_plan(job, options)));
  }
}

TEST(Plan, GivesALongRunEightBundlesOfSimilarCost) {
  const std::vector<Bundle> plan = make_plan(fibonacci_rows());

  expect_sound(fibonacci_rows(), plan);
  EXPECT_GE(plan.size(), 8u);
  EXPECT_LE(plan.size(), 12u);
  uint64_t least = ~uint64_t{0}, most = 0, all = 0, real = 0;
  for (const Bundle& bundle : plan) {
    least = std::min(least, proving_cost(bundle));
    most = std::max(most, proving_cost(bundle));
    all += committed_cells(bundle);
    for (const Part& part : bundle) real += uint64_t{part.count} * kChipFacts[part.chip].cells;
  }
  EXPECT_LT(most, 2 * least);
  EXPECT_LT(all, real + real / 6) << "padding";
}

TEST(Plan, GivesASmallRunTwoBundles) {
  JobRows job;
  job.calls[id(ChipId::kReturn)] = 1;
  job.calls[id(ChipId::kInstructionTable)] = 1;
  job.calls[id(ChipId::kMemory)] = 2;
  const std::vector<Bundle> plan = make_plan(job);
  expect_sound(job, plan);
  EXPECT_EQ(plan.size(), 2u);
}

TEST(Plan, StaysBelowTheMemoryLimit) {
  PlanOptions options;
  for (const uint64_t megabytes : {100, 200, 500, 1000}) {
    options.memory_limit = megabytes << 20;
    const std::vector<Bundle> plan = make_plan(fibonacci_rows(), options);
    expect_sound(fibonacci_rows(), plan);
    for (const Bundle& bundle : plan) EXPECT_LE(predicted_bytes(bundle), options.memory_limit);
  }
  options.memory_limit = 60 << 20;
  try {
    make_plan(fibonacci_rows(), options);
    ADD_FAILURE() << "not refused";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::kOutOfResource);
    EXPECT_STREQ(
        error.what(),
        "a part of PAIR9 with 2^18 rows needs 80740352 bytes, the memory limit is 62914560");
  }
}

TEST(Plan, RefusesRunsWhoseCountsCouldWrap) {
  JobRows job = fibonacci_rows();
  job.calls[id(ChipId::kAddBig)] = 700'000'000;
  EXPECT_THROW(make_plan(job), Error);
  job = fibonacci_rows();
  job.calls[id(ChipId::kMemory)] = (uint64_t{1} << 26) - 1;
  EXPECT_THROW(make_plan(job), Error);
}

TEST(PartCutter, PadsLittle) {
  EXPECT_EQ(cut_rows(1, 1, 20, 1 << 20), std::vector<uint32_t>{6});
  EXPECT_EQ(cut_rows(64, 1, 20, 1 << 20), std::vector<uint32_t>{6});
  EXPECT_EQ(cut_rows(1 << 18, 1, 20, uint64_t{1} << 40), std::vector<uint32_t>{18});
  EXPECT_EQ(cut_rows((1 << 18) + 1, 1, 1, 1 << 18), (std::vector<uint32_t>{18, 6}));
  EXPECT_EQ(cut_rows(3 << 16, 1, 1, 1 << 18), (std::vector<uint32_t>{17, 16}));
  EXPECT_EQ(cut_rows(1 << 20, 1, 10, 10 << 18), (std::vector<uint32_t>{18, 18, 18, 18}));
  // Calls of 253 rows: a part holds whole ones, at least one even where less memory is allowed.
  EXPECT_EQ(cut_rows(1, 253, 1000, 1), std::vector<uint32_t>{8});
  EXPECT_EQ(cut_rows(3, 253, 1000, 1), (std::vector<uint32_t>{8, 8, 8}));
  for (const uint64_t calls : {1u, 2u, 100u, 1000u, 12345u}) {
    uint64_t held = 0;
    for (const uint32_t height : cut_rows(calls, 253, 10, 10 << 14)) held += (1u << height) / 253;
    EXPECT_GE(held, calls);
  }
  EXPECT_EQ(cut_rows(0, 1, 20, 1 << 20), std::vector<uint32_t>{});
  Random random(3);
  for (int i = 0; i < 1000; ++i) {
    const uint64_t rows = random.below(1 << 20) + 1;
    const auto heights = cut_rows(rows, 1, 10, 10 << 17);
    uint64_t sum = 0;
    for (const uint32_t height : heights) sum += uint64_t{1} << height;
    EXPECT_GE(sum, rows);
    EXPECT_LT(sum - rows, uint64_t{1} << heights.back());
    EXPECT_LE(sum - rows, std::max<uint64_t>({rows / 10, (1 << 17) / 16, 63}));
  }
}

}  // namespace
}  // namespace cairn
