#include "segmenter/plan.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>

#include <fmt/format.h>

#include "core/error.hpp"
#include "segmenter/bundle_memory.hpp"
#include "segmenter/chip_facts.hpp"
#include "segmenter/part_cutter.hpp"

namespace cairn {
namespace {

/// A part before its rows are chosen.
using Item = PartSize;

uint64_t cells_of(const Item& item) {
  return uint64_t{kChipFacts[item.chip].cells} << item.log_height;
}

/// Hashing, quotients and the low-degree test take as long for a row of the tallest part as for so
/// many cells.
constexpr uint64_t kRowCost = 16;
/// Low parts side by side share what a row costs, but each query opens a whole row: a bundle is
/// about this many times as high as wide, at which both cost about the same.
constexpr uint64_t kHeightPerWidth = 170;

uint64_t total_cells(const std::vector<Item>& items) {
  return std::accumulate(items.begin(), items.end(), uint64_t{0},
                         [](uint64_t sum, const Item& item) { return sum + cells_of(item); });
}

/// What a bundle costs, in cells.
uint64_t cost_of(const std::vector<Item>& items) {
  uint32_t tallest = 0;
  for (const Item& item : items) tallest = std::max(tallest, item.log_height);
  return total_cells(items) + (items.empty() ? 0 : kRowCost << tallest);
}

uint64_t bundle_bytes(std::span<const Item> items) { return proving_bytes(items, false); }

/// Rows of the highest part of a chip that is proven in so many bytes, or of the lowest there is.
uint64_t fitting_rows(uint32_t chip, uint64_t bytes) {
  uint32_t log_height = kMinLogHeight;
  for (Item higher{chip, log_height + 1};
       higher.log_height <= kMaxLogHeight && bundle_bytes({&higher, 1}) <= bytes;
       ++higher.log_height) {
    log_height = higher.log_height;
  }
  return uint64_t{1} << log_height;
}

/// The parts of one wave. No part above `max_cells`, `max_rows` or half the memory, but for the
/// fixed tables.
std::vector<Item> cut_wave(const JobRows& job, bool wave, uint64_t max_cells, uint64_t max_rows,
                           uint64_t memory_limit) {
  std::vector<Item> items;
  for (uint32_t chip = 0; chip < kChipCount; ++chip) {
    const ChipFacts& facts = kChipFacts[chip];
    if (job.calls[chip] == 0 || facts.reads_counts != wave) continue;
    const uint64_t highest = std::min(max_rows, fitting_rows(chip, memory_limit / 2));
    const uint64_t max_part = std::min(max_cells, highest * facts.cells);
    for (const uint32_t height :
         cut_rows(job.calls[chip], facts.rows_per_call, facts.cells, max_part)) {
      items.push_back({chip, height});
    }
  }
  if (wave) {
    for (const NeededTable& table : needed_tables(job)) {
      items.push_back({table.chip, table.log_height});
    }
  }
  return items;
}

/// Costliest first, each into the bundle that stays cheapest with it; ties by number.
std::vector<std::vector<Item>> pack(std::vector<Item> items, size_t bundles) {
  std::stable_sort(items.begin(), items.end(),
                   [&](const Item& a, const Item& b) { return cost_of({a}) > cost_of({b}); });
  std::vector<std::vector<Item>> packed(bundles);
  for (const Item& item : items) {
    size_t best = 0;
    uint64_t least = ~uint64_t{0};
    for (size_t i = 0; i < bundles; ++i) {
      packed[i].push_back(item);
      const uint64_t with = cost_of(packed[i]);
      packed[i].pop_back();
      if (with < least) {
        least = with;
        best = i;
      }
    }
    packed[best].push_back(item);
  }
  return packed;
}

/// Packs a wave into bundles of about `bundle_cells`, and more of them while one exceeds the
/// memory.
std::vector<std::vector<Item>> pack_wave(const std::vector<Item>& items, uint64_t bundle_cells,
                                         const PlanOptions& options) {
  if (items.empty()) return {};
  const uint64_t cells = total_cells(items);
  const uint64_t wanted = (cells + bundle_cells - 1) / bundle_cells;
  const uint64_t worth =
      std::max<uint64_t>(1, cells / std::max<uint64_t>(1, options.min_bundle_cells));
  for (size_t bundles = std::min<uint64_t>({wanted, worth, items.size()});;
       bundles = std::min(items.size(), bundles + 1 + bundles / 16)) {
    std::vector<std::vector<Item>> packed = pack(items, bundles);
    const auto heaviest = std::max_element(
        packed.begin(), packed.end(),
        [](const auto& a, const auto& b) { return bundle_bytes(a) < bundle_bytes(b); });
    if (bundle_bytes(*heaviest) <= options.memory_limit) return packed;
    if (bundles == items.size()) {
      const Item& item = heaviest->front();
      throw Error(Code::kOutOfResource,
                  fmt::format("a part of {} with 2^{} rows needs {} bytes, the memory limit is {}",
                              kChipFacts[item.chip].name, item.log_height, bundle_bytes(*heaviest),
                              options.memory_limit));
    }
  }
}

/// Gives the parts their rows, in the order of the bundles.
std::vector<Bundle> make_bundles(const std::vector<std::vector<Item>>& packed, const JobRows& job) {
  std::array<uint64_t, kChipCount> used{};
  std::vector<Bundle> bundles;
  for (std::vector<Item> items : packed) {
    std::stable_sort(items.begin(), items.end(),
                     [](const Item& a, const Item& b) { return a.chip < b.chip; });
    Bundle bundle;
    for (const Item& item : items) {
      Part part{};
      part.chip = item.chip;
      part.log_height = item.log_height;
      with_chip(item.chip, [&]<class Chip>() {
        place_rows<Chip>(part, job, used[item.chip]);
        if (Chip::kKind != Kind::kTable) used[item.chip] += part.count;
      });
      bundle.push_back(part);
    }
    bundles.push_back(std::move(bundle));
  }
  return bundles;
}

/// Soundness: the verifier refuses a job whose uses of a bus reach p, whose rows reach 2^29 or
/// whose memory passes 2^28 addresses; nothing is gained by proving one.
void check_capacity(const std::vector<Bundle>& bundles) {
  constexpr uint64_t kMargin = uint64_t{1} << 26;  // the statement's own uses
  std::array<uint64_t, kBusCount> uses{};
  uint64_t opcode_rows = 0;
  for (const Bundle& bundle : bundles) {
    for (const Part& part : bundle) {
      const ChipFacts& facts = kChipFacts[part.chip];
      for (int bus = 0; bus < kBusCount; ++bus)
        uses[bus] += uint64_t{facts.uses[bus]} * part.height();
      if (facts.kind == Kind::kOpcode) opcode_rows += part.height();
      const bool memory = part.chip == static_cast<uint32_t>(ChipId::kMemory);
      const uint64_t limit =
          (uint64_t{1} << 28) / (memory ? Memory::kCellsPerRow : 1) - (memory ? 1 : 0);
      if (facts.kind == Kind::kRange && part.range_end > limit) {
        throw Error(Code::kOutOfResource, fmt::format("{}: {} rows, one job holds {}", facts.name,
                                                      part.range_end, limit));
      }
    }
  }
  for (int bus = 0; bus < kBusCount; ++bus) {
    if (uses[bus] + kMargin >= KoalaBear::kModulus) {
      throw Error(
          Code::kOutOfResource,
          fmt::format("the run is too long for one job: {} uses of bus {}", uses[bus], bus));
    }
  }
  if (opcode_rows >= uint64_t{1} << 29) {
    throw Error(Code::kOutOfResource,
                fmt::format("the run is too long for one job: {} opcode rows", opcode_rows));
  }
}

}  // namespace

std::vector<Bundle> make_plan(const JobRows& rows, const PlanOptions& options) {
  uint64_t cells = 0;  // of real rows; padding is what the cut decides
  for (uint32_t chip = 0; chip < kChipCount; ++chip)
    cells += rows.calls[chip] * kChipFacts[chip].rows_per_call * kChipFacts[chip].cells;
  const uint64_t bundle_cells = std::max<uint64_t>(
      {options.min_bundle_cells, cells / std::max(1u, options.target_bundles), 1});

  std::vector<std::vector<Item>> packed;
  for (const bool wave : {false, true}) {
    // Parts of half a bundle at most let the packing even out loads.
    const auto max_rows = static_cast<uint64_t>(
        std::sqrt(static_cast<double>(kHeightPerWidth) * static_cast<double>(bundle_cells)));
    const std::vector<Item> items =
        cut_wave(rows, wave, bundle_cells / 2, max_rows, options.memory_limit);
    for (auto& bundle : pack_wave(items, bundle_cells, options))
      packed.push_back(std::move(bundle));
  }
  std::vector<Bundle> bundles = make_bundles(packed, rows);
  check_capacity(bundles);
  return bundles;
}

bool reads_counts(const Bundle& bundle) {
  return !bundle.empty() && kChipFacts[bundle.front().chip].reads_counts;
}

uint64_t committed_cells(const Part& part) {
  return uint64_t{kChipFacts[part.chip].cells} * part.height();
}

uint64_t committed_cells(const Bundle& bundle) {
  return std::accumulate(
      bundle.begin(), bundle.end(), uint64_t{0},
      [](uint64_t sum, const Part& part) { return sum + committed_cells(part); });
}

std::vector<PartSize> sizes_of(const Bundle& bundle) {
  std::vector<PartSize> sizes;
  for (const Part& part : bundle) sizes.push_back({part.chip, part.log_height});
  return sizes;
}

uint64_t proving_cost(const Bundle& bundle) { return cost_of(sizes_of(bundle)); }

uint64_t predicted_bytes(const Bundle& bundle) { return proving_bytes(sizes_of(bundle), false); }

}  // namespace cairn
