#include <algorithm>
#include <set>

#include "air/check.hpp"
#include "tests/air/naive_felt.hpp"
#include "tests/air/row_tools.hpp"
#include "tests/air/small_run.hpp"

namespace cairn {
namespace {

uint32_t index_of(std::vector<Felt>& list, const Felt& value) {
  const auto found = std::find(list.begin(), list.end(), value);
  if (found == list.end()) list.push_back(value);
  return static_cast<uint32_t>(std::find(list.begin(), list.end(), value) - list.begin());
}

}  // namespace

Cell SmallImage::intern(const Felt& value) {
  constexpr uint64_t kBias = Cell::kBias;
  const Felt distance = naive::negate(value);
  const auto short_felt = [](const Felt& x) { return (x.word[1] | x.word[2] | x.word[3]) == 0; };
  if (short_felt(value) && value.word[0] < kBias) {
    return Cell{static_cast<uint32_t>(kBias + value.word[0])};
  }
  if (short_felt(distance) && distance.word[0] <= kBias) {
    return Cell{static_cast<uint32_t>(kBias - distance.word[0])};
  }
  const bool mid = (value.word[2] >> 7) == 0 && value.word[3] == 0;
  if (mid) return Cell{Cell::kBig | (Cell::kMid + index_of(mid_, value))};
  return Cell{Cell::kBig | index_of(big_, value)};
}

void SmallImage::set(uint32_t address, const Felt& value) { set_cell(address, intern(value)); }

void SmallImage::set_cell(uint32_t address, Cell cell) {
  if (cells_.size() <= address) cells_.resize(address + 1, Cell{Cell::kHole});
  cells_[address] = cell;
}

void SmallImage::refresh() {
  all_states_.clear();
  for (uint32_t chip = 0; chip < kMaxChips; ++chip) {
    image_.state_begin[chip] = static_cast<uint32_t>(all_states_.size());
    all_states_.insert(all_states_.end(), states_[chip].begin(), states_[chip].end());
  }
  image_.state_begin[kMaxChips] = static_cast<uint32_t>(all_states_.size());
  image_.cells = cells_.data();
  image_.cell_end = static_cast<uint32_t>(cells_.size());
  image_.big = big_.data();
  image_.big_count = static_cast<uint32_t>(big_.size());
  image_.mid = mid_.data();
  image_.mid_count = static_cast<uint32_t>(mid_.size());
  image_.states = all_states_.data();
  image_.immediates = immediates_.data();
  image_.immediate_count = static_cast<uint32_t>(immediates_.size());
  image_.instructions = instructions_.data();
  image_.instruction_count = static_cast<uint32_t>(instructions_.size());
}

const Image& SmallImage::finish() {
  immediates_.clear();
  instructions_.clear();
  refresh();
  std::set<uint32_t> pcs;
  for (const State& s : all_states_) pcs.insert(s.pc);
  instructions_.assign(pcs.begin(), pcs.end());
  refresh();

  std::set<uint32_t> wanted;
  for (const Part& part : whole_parts(image_)) {
    for (uint32_t row = 0; row < std::min(part.count, part.height()); ++row) {
      const FilledRow filled = fill_row(image_, Counts{}, part, row);
      for (const Term& term : evaluate(filled).terms) {
        const bool value = term.message.bus == Bus::kValue9 || term.message.bus == Bus::kValue27;
        if (value && term.use() && term.message.coordinate[0] == KoalaBear(0)) {
          wanted.insert(term.message.coordinate[1].canonical());
        }
      }
    }
  }
  immediates_.assign(wanted.begin(), wanted.end());
  refresh();
  return image_;
}

}  // namespace cairn
