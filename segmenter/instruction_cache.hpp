// Instructions decoded once each, by address.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "segmenter/classify.hpp"

namespace cairn {

class InstructionCache {
 public:
  /// For addresses below `end` and the two that a step may run past it.
  explicit InstructionCache(uint32_t end) : pages_((end + 2) / kPageSize + 1, unknown_page()) {}

  /// StepForm::kUnknown if nothing was put there.
  const Decoded& at(uint32_t pc) const { return (*pages_[pc / kPageSize])[pc % kPageSize]; }

  const Decoded& put(uint32_t pc, const Decoded& instruction) {
    const Page*& page = pages_[pc / kPageSize];
    if (page == unknown_page()) {
      owned_.push_back(std::make_unique<Page>());
      page = owned_.back().get();
    }
    // The page is ours: only the shared unknown page is const.
    return const_cast<Page&>(*page)[pc % kPageSize] = instruction;
  }

  /// All addresses with an instruction, ascending.
  std::vector<uint32_t> addresses() const {
    std::vector<uint32_t> result;
    for (size_t p = 0; p < pages_.size(); ++p) {
      if (pages_[p] == unknown_page()) continue;
      for (uint32_t i = 0; i < kPageSize; ++i) {
        if ((*pages_[p])[i].form != StepForm::kUnknown) {
          result.push_back(static_cast<uint32_t>(p * kPageSize + i));
        }
      }
    }
    return result;
  }

 private:
  static constexpr uint32_t kPageSize = 1 << 10;
  using Page = std::array<Decoded, kPageSize>;

  static const Page* unknown_page() {
    static const Page page{};
    return &page;
  }

  std::vector<const Page*> pages_;  // never null, so that at() needs no branch
  std::vector<std::unique_ptr<Page>> owned_;
};

}  // namespace cairn
